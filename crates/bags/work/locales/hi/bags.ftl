# Words
bill = बिल
capacity = पैरेंट की संख्या
children = चाइल्ड बैग
created-at = कब बना
created-by = किसने बनाया
description = विवरण
destination = गंतव्य
expected = क्षमता
parents = पैरेंट
status = स्थिति
status-completed = पूरा
status-new = नया
status-processing = जारी
vehicle-number = गाड़ी नंबर
weight-kg = वज़न (किग्रा)

# A new bill
new-bill-subject = नया बिल { $bill }
new-bill-intro = { $name } ने बिल { $bill } बनाया।
new-bill-open = बिल खोलें

# The end of the day
eod-subject = दिन की रिपोर्ट, { $date }
eod-intro = { $date } को बने बिल।
eod-bills = बिल
eod-by-status = स्थिति के अनुसार बिल
eod-by-person = व्यक्ति के अनुसार बिल
eod-none = इस दिन कोई बिल नहीं बना।
eod-more = { $n } और बिल यहाँ नहीं दिखाए गए। टैलीहाउस की रिपोर्ट में सब हैं।
eod-open = रिपोर्ट खोलें
