# The portal: the stock of customers.

stock = स्टॉक
stock-no-source = स्टॉक नहीं दिखाया जा सकता: यह साइट अभी उससे जुड़ी नहीं है।
