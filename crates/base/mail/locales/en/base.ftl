# Every mail
footer = Tallyhouse sent this mail automatically. Replies are not read.
