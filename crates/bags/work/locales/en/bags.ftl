# Words
bill = Bill
capacity = Number of parents
children = Children
created-at = Created
created-by = Created by
description = Description
destination = Destination
expected = Capacity
parents = Parents
status = Status
status-completed = Completed
status-new = New
status-processing = Processing
vehicle-number = Vehicle number
weight-kg = Weight (kg)

# A new bill
new-bill-subject = New bill { $bill }
new-bill-intro = { $name } created bill { $bill }.
new-bill-open = Open the bill

# The end of the day
eod-subject = End of day, { $date }
eod-intro = Bills created on { $date }.
eod-bills = Bills
eod-by-status = Bills by status
eod-by-person = Bills by person
eod-none = No bill was created on this day.
eod-more = { $n } more bills are not listed here. The report in Tallyhouse shows them all.
eod-open = Open the report
