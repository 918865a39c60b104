# Every mail
footer = Tallyhouse sent this message automatically. Nobody reads replies to it.
