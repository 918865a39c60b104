# मेल के शब्द।

bill = बिल
capacity = क्षमता (पैरेंट बैग)
children = चाइल्ड बैग
created-at = कब बना
created-by = किसने बनाया
description = विवरण
expected = अपेक्षित
footer = यह संदेश टैलीहाउस ने अपने आप भेजा है। इसका जवाब कोई नहीं पढ़ता।
parents = पैरेंट बैग
status = स्थिति
status-completed = पूरा
status-new = नया
status-processing = जारी है
weight-kg = वज़न (किग्रा)

new-bill-subject = नया बिल { $bill }
new-bill-intro = { $name } ने बिल { $bill } बनाया है।
new-bill-open = बिल खोलें

eod-subject = दिन की रिपोर्ट, { $date }
eod-intro = { $date } को बने बिल।
eod-bills = बिल
eod-by-status = स्थिति के अनुसार बिल
eod-by-person = व्यक्ति के अनुसार बिल
eod-none = इस दिन कोई बिल नहीं बना।
eod-more = { $n } और बिल यहाँ नहीं दिखाए गए; पूरी सूची टैलीहाउस की रिपोर्ट में है।
eod-open = रिपोर्ट खोलें
