# Signing in
sign-in-help = पासवर्ड भूल गए? एडमिन नया पासवर्ड दे सकता है।
user-name = यूज़र नाम या ई-मेल
password = पासवर्ड
leave-empty = इसे खाली छोड़ें
sign-in-both = यूज़र नाम और पासवर्ड दोनों भरें।
sign-in-wrong = नाम या पासवर्ड गलत है। { $failures } बार गलत होने पर खाता { $minutes } मिनट के लिए बंद हो जाता है। एडमिन उसे खोल सकता है।
sign-in-stale = यह पेज बहुत देर से खुला था। फिर साइन इन करें।

# Accounts
stat-users = खाते
report-account-removed = खाता मिटाया गया
report-role = भूमिका
report-active = चालू
report-inactive = बंद
report-last-sign-in-line = आखिरी साइन-इन { $time }
report-last-sign-in = आखिरी साइन-इन

# Actions
action-login_success = साइन इन किया
action-login_failed = साइन इन नहीं हुआ
action-login_locked = खाता बंद हुआ
action-logout = साइन आउट किया
action-password_change = पासवर्ड बदला
action-token_created = एक्सेस टोकन बना
action-token_revoked = एक्सेस टोकन रद्द हुआ
action-unlock_account = खाता खोला गया
action-person_data_export = व्यक्ति का डेटा एक्सपोर्ट हुआ
action-user_created = खाता बना
action-login_honeypot = किसी प्रोग्राम का साइन-इन मना हुआ
action-rate_limit_exceeded = साइन-इन की बहुत ज़्यादा कोशिशें
action-login_pending_2fa = पासवर्ड सही, दूसरा चरण बाकी
action-2fa_verify_failed = दूसरा चरण मना हुआ
action-registration_failed = रजिस्ट्रेशन नहीं हुआ
action-role_change = भूमिका बदली
action-user_deleted = खाता मिटाया गया

# Actions of the earlier system
action-user_updated = खाता बदला
action-password_reset_request = नए पासवर्ड का लिंक माँगा
action-password_reset_complete = लिंक से नया पासवर्ड रखा
action-2fa_enabled = दूसरा चरण चालू किया
action-2fa_disabled = दूसरा चरण बंद किया
action-2fa_verify_success = दूसरा चरण सही हुआ
action-delete_user = खाता मिटाया गया
action-delete_user_attempt = खाता मिटाने की कोशिश
action-delete_user_failed = खाता नहीं मिटा
action-delete_user_disabled = मिटाने की जगह खाता बंद किया
action-comprehensive_data_delete_attempt = सारा डेटा मिटाने की कोशिश
action-comprehensive_data_delete_success = सारा डेटा मिटाया गया
action-comprehensive_data_delete_failed = सारा डेटा नहीं मिटा
