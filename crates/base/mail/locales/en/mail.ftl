# The words of mails.

bill = Bill
capacity = Capacity (parent bags)
children = Child bags
created-at = Created
created-by = Created by
description = Description
expected = Expected
footer = Tallyhouse has sent this message by itself. Answers are not read.
parents = Parent bags
status = Status
status-completed = completed
status-new = new
status-processing = in progress
weight-kg = Weight (kg)

new-bill-subject = New bill { $bill }
new-bill-intro = { $name } has created the bill { $bill }.
new-bill-open = Open the bill

eod-subject = End of day, { $date }
eod-intro = The bills that were created on { $date }.
eod-bills = Bills
eod-by-status = Bills by status
eod-by-person = Bills by person
eod-none = No bill was created on this day.
eod-more = { $n } more bills are not listed here; the report in Tallyhouse shows them all.
eod-open = Open the report
