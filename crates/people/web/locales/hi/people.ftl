# Signing in
sign-in-help = पासवर्ड भूल गए? एडमिन नया पासवर्ड दे सकता है।
user-name = यूज़र नाम या ई-मेल
password = पासवर्ड
leave-empty = इसे खाली छोड़ें
sign-in-both = यूज़र नाम और पासवर्ड दोनों भरें।
sign-in-wrong = नाम या पासवर्ड ग़लत है। { $failures } बार ग़लत होने पर खाता { $minutes } मिनट के लिए बंद हो जाता है। एडमिन उसे खोल सकता है।
sign-in-stale = पेज बहुत देर से खुला था। फिर साइन इन करें।

# Accounts
stat-users = खाते
report-account-removed = खाता हटाया गया
report-role = भूमिका
report-role-admin = एडमिन
report-role-biller = बिलर
report-role-dispatcher = डिस्पैचर
report-role-organiser = आयोजक
report-role-steward = प्रबंधक
report-active = चालू
report-inactive = बंद
report-last-sign-in-line = आख़िरी साइन-इन { $time }
report-last-sign-in = आख़िरी साइन-इन

# Actions
action-login_success = साइन इन किया
action-login_failed = साइन इन नहीं हुआ
action-login_locked = खाता बंद हुआ
action-logout = साइन आउट किया
action-password_change = पासवर्ड बदला
action-token_created = एक्सेस टोकन बना
action-token_revoked = एक्सेस टोकन रद्द हुआ
action-unlock_account = खाता खोला गया
action-person_data_export = व्यक्ति का डेटा निर्यात हुआ
action-user_created = खाता बना
