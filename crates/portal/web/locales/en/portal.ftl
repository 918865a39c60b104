# The portal: the stock of customers.

stock = Stock
stock-no-source = Stock cannot be shown: this site is not connected to it yet.
