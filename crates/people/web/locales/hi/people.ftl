# Signing in
sign-in-help = पासवर्ड भूल गए? एडमिन नया पासवर्ड दे सकता है।
portal-sign-in-help = पासवर्ड भूल गए? जिसने आपको यह खाता दिया है, उससे नया पासवर्ड माँगें।
user-name = यूज़र नाम या ई-मेल
password = पासवर्ड
leave-empty = इसे खाली छोड़ें
sign-in-new = यहाँ नए हैं?
sign-in-both = यूज़र नाम और पासवर्ड दोनों भरें।
sign-in-wrong = नाम या पासवर्ड गलत है। { $failures } बार गलत होने पर खाता { $minutes } मिनट के लिए बंद हो जाता है। एडमिन उसे खोल सकता है।
sign-in-stale = यह पेज बहुत देर से खुला था। फिर साइन इन करें।

# Accounts
stat-users = खाते
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
action-tokens_revoked = व्यक्ति के सभी एक्सेस टोकन रद्द हुए
action-registration_refused = पहले से मौजूद ई-मेल से रजिस्टर करना मना हुआ
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

action-work_handed_over = काम सौंपा गया
action-user_updated = खाता बदला गया
action-password_temporary = अस्थायी पासवर्ड दिया गया
action-password_reset_request = नए पासवर्ड का लिंक भेजा गया
action-password_reset_complete = लिंक से पासवर्ड बदला
action-password_reset_void = नए पासवर्ड का लिंक रद्द हुआ
action-promotion_asked = एडमिन बनने का अनुरोध किया
action-promotion_approved = अनुरोध पर एडमिन बने
action-promotion_rejected = एडमिन बनने का अनुरोध मना हुआ

# Users
nav-users = यूज़र
user-create = यूज़र बनाएँ
users-filter-text = नाम या ई-मेल
users-none = कोई यूज़र नहीं मिला
users-none-help = फ़िल्टर बदलें, या सभी यूज़र देखने के लिए उन्हें हटाएँ।
users-shown = { $n } यूज़र
users-unlocked = { $n ->
    [0] इनमें से किसी खाते पर ताला नहीं था।
   *[other] { $n } खातों का ताला खुल गया।
}
user-role = भूमिका
user-roles = भूमिकाएँ
user-name-of = नाम
user-name-only = यूज़र नाम
user-name-help = 3 से 64 अक्षर: A-Z a-z 0-9 _ . - यह बाद में नहीं बदलता।
user-display-name = दिखने वाला नाम
user-display-name-help = पेजों पर व्यक्ति का यही नाम दिखता है। खाली छोड़ने पर यूज़र नाम दिखता है।
user-email = ई-मेल
user-no-email = नहीं है
user-area = क्षेत्र (केवल डिस्पैचर)
user-second-factor = दूसरा चरण
user-created = बना
user-signed-in = आखिरी साइन-इन
user-sign-ins = सभी साइन-इन, पते और समय के साथ
user-never = कभी नहीं
user-directory = पासवर्ड
user-directory-yes = डायरेक्टरी वाला।
user-out-disabled = वहाँ खाता बंद है।
user-out-expired = वहाँ खाते की अवधि पूरी हो गई है।
user-out-locked = वहाँ खाता लॉक है।
user-out-removed = खाता अब वहाँ नहीं है।
user-out-group = यह व्यक्ति अब किसी समूह में नहीं है।
user-failures = तब से गलत साइन-इन
user-locked-until = बंद है, इस समय तक
user-temporary-until = अस्थायी पासवर्ड चलेगा, इस समय तक
user-link-until = नए पासवर्ड का लिंक चलेगा, इस समय तक
user-state-active = चालू
user-state-inactive = बंद
user-state-locked = ताला लगा
user-state-must_change = पासवर्ड चुनना है
user-state-no_second_factor = दूसरा चरण नहीं
user-edit = बदलें
user-edit-of = { $name } को बदलें
user-save = सहेजें
user-meanwhile = जब आप बदल रहे थे, किसी और ने यह खाता बदला। उनकी जानकारी नीचे है। उसकी जगह अपनी रखने के लिए फिर सहेजें।
user-acts = काम
user-activate = चालू करें
user-deactivate = बंद करें
user-unlock = ताला खोलें
user-give-password = अस्थायी पासवर्ड दिखाएँ
user-mail-password = अस्थायी पासवर्ड मेल करें
user-mail-welcome = अस्थायी पासवर्ड दिखाने के बजाय मेल करें
user-send-link = नए पासवर्ड का लिंक मेल करें
user-void-link = लिंक रद्द करें
user-is-own = यह आपका अपना खाता है।
user-kept = इस व्यक्ति के बारे में क्या रखा है
user-work = इस व्यक्ति ने क्या स्कैन किया, दिन के हिसाब से
user-export-data = यह डेटा एक्सपोर्ट करें
user-delete = मिटाएँ
user-delete-of = { $name } को मिटाएँ
user-delete-help = खाता खाली होता है और हर जगह से साइन आउट होता है। इस व्यक्ति का किया काम रहता है: “हटाए गए व्यक्ति” के नाम पर, या किसी और को सौंपा हुआ। अनुरोध, सूचनाएँ, उन्हें भेजे मेल और उनकी अपनी पसंद मिट जाती हैं। यह वापस नहीं हो सकता।
user-hand-over = किसे सौंपें
user-hand-over-help = अधूरा काम लेने वाले का यूज़र नाम। सब वैसा ही रखने के लिए खाली छोड़ें।
user-mask = ऑडिट में भी नाम छिपाएँ
user-mask-help = इस व्यक्ति की प्रविष्टियों में नाम, ई-मेल और पते छिप जाते हैं। प्रविष्टियाँ रहती हैं।
user-delete-type = पक्का करने के लिए { $name } लिखें
user-changes = इस खाते के बदलाव
user-did = इस व्यक्ति ने आखिर में क्या किया
user-nothing = अभी कुछ नहीं।
user-action = काम
user-subject = क्या
user-from = कहाँ से
user-given = { $name } का अस्थायी पासवर्ड
user-given-help = व्यक्ति को यह पासवर्ड बताएँ। यह अभी ही दिखता है, और { $until } तक एक ही बार चलता है। साइन इन करते समय वे अपना पासवर्ड चुनते हैं।
user-given-mailed = अस्थायी पासवर्ड { $email } पर मेल किया गया।
user-given-name = यूज़र नाम: { $name }
user-given-on = खाता खोलें
user-said-created = { $name } का खाता बना।
user-said-saved = { $name } का खाता बदला गया।
user-said-unchanged = कुछ अलग नहीं था।
user-said-activate = { $name } साइन इन कर सकते हैं।
user-said-deactivate = { $name } का खाता बंद हुआ और साइन आउट हुआ।
user-said-unlock = { $name } का ताला खुल गया।
user-said-send-link = { $name } को नए पासवर्ड का लिंक मेल होगा।
user-said-void-link = { $name } का लिंक अब नहीं चलता।
user-said-deleted = व्यक्ति हटाया गया।
role-help-admin = सब कुछ
role-help-biller = सभी क्षेत्र: बिल, सुधार, रिपोर्ट
role-help-dispatcher = एक क्षेत्र में स्कैन
role-help-organiser = अपने आयोजनों के पास
role-help-steward = अपने आयोजनों का गेट
role-help-service = पोर्टल के ग्राहक: उनके खाते, सेशन और रिकॉर्ड
kept-people-account = खाता
kept-people-sessions = सेशन
kept-people-tokens = एक्सेस टोकन
kept-people-passkeys = पासकी
kept-people-requests = ऊँची भूमिका के अनुरोध
kept-people-notices = सूचनाएँ
kept-people-preferences = सूचियों के कॉलम और दृश्य
kept-people-mails = इस व्यक्ति को भेजे मेल
kept-people-trail = ऑडिट की प्रविष्टियाँ

# What is refused
problem-bad_name = यूज़र नाम में 3 से 64 अक्षर होते हैं: A-Z a-z 0-9 _ . -
problem-name_taken = यह यूज़र नाम या ई-मेल किसी के पास है। दूसरा चुनें।
problem-email_taken = यह ई-मेल किसी के पास है। दूसरा चुनें।
problem-bad_display_name = दिखने वाले नाम में 1 से 64 अक्षर होते हैं और वह ~ से शुरू नहीं होता।
problem-bad_email = यह सही ई-मेल नहीं है। इस तरह लिखें: name@example.com
problem-no_role = कम से कम एक भूमिका चुनें।
problem-no_area = डिस्पैचर को क्षेत्र चाहिए। एक चुनें।
problem-unknown_area = ऐसा कोई क्षेत्र नहीं है। सूची से चुनें।
problem-area_full = इस क्षेत्र में पहले से 10 डिस्पैचर हैं। दूसरा क्षेत्र चुनें, या पहले किसी को हटाएँ।
problem-yourself = आप अपनी भूमिका, क्षेत्र या स्थिति नहीं बदल सकते, न खुद को मिटा सकते हैं। दूसरे एडमिन से कहें।
problem-last_admin = यह आखिरी चालू एडमिन है। पहले किसी और को एडमिन बनाएँ।
problem-unfinished = इस व्यक्ति का काम अधूरा है जिसके लिए यह भूमिका चाहिए। पहले उसे पूरा करें या सौंपें।
problem-changed_meanwhile = किसी और ने यह खाता बदला। फिर देखें, फिर अपना बदलाव दोहराएँ।
problem-not_confirmed = लिखा हुआ नाम इस व्यक्ति का यूज़र नाम नहीं है। कुछ नहीं मिटा।
problem-bad_heir = ऐसा कोई चालू व्यक्ति नहीं है। काम लेने वाले का यूज़र नाम लिखें।
problem-no_mail = मेल नहीं जा सकता। इसके लिए मेल, साइट का सार्वजनिक पता, और ई-मेल वाला चालू व्यक्ति चाहिए।
problem-bad_link = यह लिंक चल चुका है, बदल गया है, या पुराना है। नया माँगें।
problem-wrong_password = यह आपका अभी का पासवर्ड नहीं है।
problem-same_password = अभी वाले से अलग पासवर्ड चुनें।
problem-admin_already = आप पहले से एडमिन हैं।
problem-asked_already = आपका अनुरोध पहले से इंतज़ार में है। एडमिन फ़ैसला करेंगे।
problem-no_reason = 1 से 1,000 अक्षरों में लिखें कि क्यों।
problem-decided_already = इस अनुरोध पर फ़ैसला हो चुका है।
problem-no_registration = यहाँ रजिस्टर नहीं कर सकते। एडमिन से खाता माँगें।
problem-of_directory = यह खाता डायरेक्टरी का है: नाम, भूमिकाएँ और पासवर्ड वहीं बदले जाते हैं।
password-help = कम से कम 8 अक्षर। कई शब्द सबसे अच्छे हैं; बड़े अक्षर और अंक ज़रूरी नहीं।
password-strength = मज़बूती
password-length = पासवर्ड में { $min } से 128 अक्षर होते हैं।
password-control = पासवर्ड में टैब जैसे अक्षर नहीं होते।
password-common = यह पासवर्ड सबसे पहले आज़माया जाता है। दूसरा चुनें।
password-own = अनुमान आसान है: यह नाम, क्षेत्र या इस प्रोग्राम के नाम से बना है। कुछ और जोड़ें।
password-word = अनुमान आसान है: अकेले शब्द पहले आज़माए जाते हैं। और शब्द जोड़ें।
password-sequence = अनुमान आसान है: 1234 जैसे क्रम पहले आज़माए जाते हैं। शब्द जोड़ें।
password-keys = अनुमान आसान है: पास-पास के बटन पहले आज़माए जाते हैं। शब्द जोड़ें।
password-repeat = अनुमान आसान है: दोहराने से कुछ नहीं बढ़ता। शब्द जोड़ें।
password-year = अनुमान आसान है: साल पहले आज़माए जाते हैं। शब्द जोड़ें।
password-short = अनुमान आसान है। और लंबा करें।

# One's own account
nav-profile = प्रोफ़ाइल
profile-own = मेरा खाता
profile-password = पासवर्ड
profile-promotion = एडमिन बनें
profile-notices = सूचनाएँ
profile-present = अभी का पासवर्ड
profile-present-help = केवल ई-मेल बदलने के लिए चाहिए।
profile-display-name-help = पेजों पर आपका यही नाम दिखता है। खाली छोड़ने पर यूज़र नाम दिखता है।
profile-language = भाषा
profile-colours = रंग
profile-activity = आपने आखिर में क्या किया
profile-data = अपने बारे में रखा सब कुछ डाउनलोड करें
profile-new = नया पासवर्ड
profile-again = नया पासवर्ड फिर से
profile-revoke-tokens = मेरे एक्सेस टोकन भी रद्द करें
profile-password-help = आप यहाँ साइन इन रहेंगे। बाकी हर जगह से साइन आउट हो जाएँगे।
profile-password-set = पासवर्ड रखें
profile-must-change = यह पासवर्ड आपको दिया गया था। आगे बढ़ने के लिए अपना चुनें।
profile-said-saved = आपका खाता बदला गया।
profile-said-password = आपका पासवर्ड बदला गया। बाकी हर जगह से आप साइन आउट हो गए।
password-differs = दोनों पासवर्ड अलग हैं। फिर से लिखें।

# Before signing in
register = खाता बनाएँ
register-name-help = 3 से 64 अक्षर: A-Z a-z 0-9 _ . -
register-button = खाता बनाएँ
register-done = आपका खाता बन गया। एडमिन आपको एक क्षेत्र देंगे। तब तक आप साइन इन करके अपनी प्रोफ़ाइल देख सकते हैं।
forgot = पासवर्ड भूल गए?
forgot-help = अपना ई-मेल लिखें। अगर वह किसी खाते का है, तो नए पासवर्ड का लिंक वहाँ मेल होगा।
forgot-button = मेल भेजें
forgot-done = अगर यह ई-मेल किसी खाते का है, तो मेल जा रहा है। उसका लिंक एक ही बार, ज़्यादा से ज़्यादा एक घंटे तक चलता है।
reset = नया पासवर्ड चुनें
reset-done = आपका पासवर्ड बदला गया। आप हर जगह से साइन आउट हो गए। नए पासवर्ड से साइन इन करें।

# Requests for a higher role
nav-promotions = अनुरोध
promotion-help = एडमिन सब कुछ कर सकते हैं। लिखें कि आपको यह क्यों चाहिए। एडमिन फ़ैसला करेंगे और आपको सूचना मिलेगी।
promotion-reason = कारण
promotion-ask = अनुरोध भेजें
promotion-pending = इंतज़ार में
promotion-approved = मंज़ूर
promotion-rejected = मना
promotion-asked-at = कब माँगा
promotion-decided = फ़ैसला
promotion-words = व्यक्ति के लिए शब्द
promotion-words-help = मना करने के लिए ये ज़रूरी हैं। व्यक्ति इन्हें पढ़ता है।
promotion-approve = मंज़ूर करें
promotion-reject = मना करें
promotion-said-asked = आपका अनुरोध भेजा गया। फ़ैसला होने पर आपको सूचना मिलेगी।
promotion-said-approve = अनुरोध मंज़ूर हुआ। अब वह व्यक्ति एडमिन है।
promotion-said-reject = अनुरोध मना हुआ।
promotions-none = कोई अनुरोध इंतज़ार में नहीं
promotions-none-help = जब कोई एडमिन बनना चाहे, तो आप यहाँ फ़ैसला करते हैं।
promotions-decided = पिछले फ़ैसले

need-promotions = एडमिन बनने के अनुरोध इंतज़ार में
need-areas = डिस्पैचर बिना क्षेत्र के

# Notices
notice-new = नई
notice-open = खोलें
notice-read = पढ़ी हुई करें
notice-promotion-asked = कोई एडमिन बनना चाहता है
notice-promotion-approved = अब आप एडमिन हैं
notice-promotion-rejected = एडमिन बनने का आपका अनुरोध मना हुआ
notice-registered = किसी ने खाता बनाया है और उसे क्षेत्र चाहिए
notices-unread = { $n ->
    [0] कोई नई सूचना नहीं
   *[other] { $n } नई सूचनाएँ
}
notices-read-all = सब पढ़ी हुई करें
notices-show-all = सब दिखाएँ
notices-show-unread = केवल नई दिखाएँ
notices-none = कोई सूचना नहीं
notices-said-read = पढ़ी हुई कर दी।

# Mails
nav-mail = मेल
mail-none = कोई मेल नहीं
mail-none-help = पिछले दिनों के मेल यहाँ दिखते हैं। जो नहीं जा सके, वे फिर भेजे जा सकते हैं।
mail-closed = मेल सेट नहीं है, इसलिए कुछ नहीं जाता। कॉन्फ़िगरेशन फ़ाइल में सेट करें।
mail-filter = किसे, या विषय
mail-sent-at = भेजने का समय
mails-said-again = { $n ->
    [0] इनमें से कोई मेल दोबारा नहीं भेजनी थी।
   *[other] { $n } मेल फिर से भेजी जा रही हैं।
}
mail-subject = विषय
mail-recipient = किसे
mail-kind = प्रकार
mail-tries = कोशिशें
mail-error = क्या गलत हुआ
mail-again = फिर भेजें
mail-again-of = फिर भेजें: { $subject }
mail-said-again = मेल फिर भेजा जा रहा है।
mail-state-failed = नहीं गया
mail-state-waiting = इंतज़ार में
mail-state-sent = गया
mail-welcome = स्वागत
mail-temporary_password = अस्थायी पासवर्ड
mail-password_reset = नए पासवर्ड का लिंक
mail-known_email = मौजूद ई-मेल से रजिस्टर करने की कोशिश
mail-new_place = नए डिवाइस पर साइन इन
mail-second_factor = दूसरा चरण बदला
mail-account_locked = खाता लॉक हुआ
mail-promotion_decided = अनुरोध पर फ़ैसला
mails-shown = { $n } मेल
older-mails = पुराने मेल

# Settings
nav-settings = सेटिंग
settings-help = बदलाव तुरंत लागू होते हैं, सभी सर्वर पर कुछ सेकंड में, और ऑडिट में लिखे जाते हैं।
settings-fixed = कॉन्फ़िगरेशन फ़ाइल से
settings-fixed-help = ये वहाँ तय होते हैं जहाँ प्रोग्राम शुरू होता है।
setting-changed = बदली हुई
setting-value = मान
setting-default = आम तौर पर { $value }।
setting-limits = संभव:
setting-never = कभी नहीं
setting-elsewhere = वहाँ बदलें
setting-wrong = यह मान संभव नहीं है। नीचे सीमा देखें।
setting-said-saved = सेटिंग बदली गई।
setting-said-unchanged = कुछ अलग नहीं था।
setting-sign_in-failures_max = ताला लगने से पहले गलत साइन-इन
setting-help-sign_in-failures_max = लगातार इतने गलत पासवर्ड के बाद खाते पर ताला लगता है।
setting-sign_in-lock_minutes = ताले की अवधि, मिनट में
setting-help-sign_in-lock_minutes = एडमिन पहले भी खोल सकते हैं।
setting-sign_in-account_failures_max = कहीं से भी कितनी गलतियों पर ताला
setting-help-sign_in-account_failures_max = एक घंटे में इतनी बार गलत पासवर्ड पर खाता बंद हो जाता है, सिवाय जाने-पहचाने डिवाइस के।
setting-sign_in-failures_a_minute = एक मिनट में गलत साइन-इन
setting-help-sign_in-failures_a_minute = इसके बाद उस पते या खाते को रुकना पड़ता है। सही साइन-इन गिना नहीं जाता।
setting-sign_in-second_factor_for_admins = एडमिन के लिए दूसरा चरण ज़रूरी
setting-help-sign_in-second_factor_for_admins = जिस एडमिन के पास नहीं है, उसे पहले वही लगाना होगा।
setting-session-absolute_minutes = सबसे लंबा सेशन, मिनट में
setting-help-session-absolute_minutes = इसके बाद फिर साइन इन करना होता है, चाहे कुछ भी कर रहे हों। नए सेशनों पर लागू।
setting-session-idle_minutes = खाली सेशन, मिनट में
setting-help-session-idle_minutes = इतने समय तक कोई अनुरोध न होने पर स्क्रीन लॉक हो जाती है, जब तक व्यक्ति पासवर्ड न लिखे।
setting-session-per_account_max = एक व्यक्ति के सेशन
setting-help-session-per_account_max = एक और डिवाइस पर साइन इन करने पर सबसे पुराना सेशन खत्म होता है।
setting-retention-mails_days = मेल, दिनों में
setting-help-retention-mails_days = इतने दिन मेल की सूची भेजे गए मेल दिखाती है। मेल का पाठ भेजते ही मिट जाता है।
setting-retention-import_files_days = इम्पोर्ट की फ़ाइलें, दिनों में
setting-help-retention-import_files_days = इम्पोर्ट का नतीजा रहता है, और बिना फ़ाइल के भी उसे पलटा जा सकता है।
setting-retention-export_files_hours = एक्सपोर्ट की फ़ाइलें, घंटों में
setting-help-retention-export_files_hours = बड़ी Excel फ़ाइल इतने घंटे डाउनलोड हो सकती है।
settings-group-sign_in = साइन इन
settings-group-session = सेशन
settings-group-retention = क्या कितने समय रहता है
settings-group-people = खाते और पासवर्ड
settings-group-reports = रिपोर्ट
setting-people-customer_kick = कुछ न करने वाले ग्राहकों को साइन आउट करें
setting-help-people-customer_kick = उनके सेशन अपने आप खत्म होते हैं और ऑडिट में दर्ज होता है। चालू करते ही लागू होता है।
setting-session-customer_absolute_minutes = ग्राहक का सबसे लंबा सत्र, मिनट में
setting-help-session-customer_absolute_minutes = इतने समय बाद ग्राहक को फिर साइन इन करना होता है, चाहे वह कुछ भी करे। यह नए सत्रों पर लागू होता है।
setting-session-customer_idle_minutes = ग्राहक का खाली सत्र, मिनट में
setting-help-session-customer_idle_minutes = इतने समय तक कोई अनुरोध न होने पर ग्राहक का सत्र समाप्त हो जाता है।
setting-people-registration = लोग खुद खाता बना सकते हैं
setting-help-people-registration = नया खाता बिना क्षेत्र का डिस्पैचर होता है, जो एडमिन के क्षेत्र देने तक कुछ नहीं देखता।
setting-people-password_min = सबसे छोटा पासवर्ड, अक्षरों में
setting-help-people-password_min = नए पासवर्ड पर लागू। उनका अनुमान आसान भी नहीं होना चाहिए।
setting-people-temporary_hours = अस्थायी पासवर्ड, घंटों में
setting-help-people-temporary_hours = यह एक ही बार चलता है, और इससे ज़्यादा देर नहीं।
setting-people-link_minutes = नए पासवर्ड का लिंक, मिनट में
setting-help-people-link_minutes = यह एक ही बार चलता है, और इससे ज़्यादा देर नहीं।
fixed-directory-servers = साइन इन की डायरेक्टरी
fixed-server-public_url = साइट का पता
fixed-site-areas = क्षेत्र
fixed-site-zone = समय क्षेत्र
fixed-server-upload_max_bytes = सबसे बड़ा अपलोड, बाइट में
action-password_refused = अभी का पासवर्ड गलत

action-recovery_codes_created = नए रिकवरी कोड
action-passkey_added = पासकी जोड़ी
action-passkey_renamed = पासकी का नाम बदला
action-passkey_removed = पासकी हटाई
action-passkey_refused = नकल की हुई पासकी रोकी
action-session_locked = स्क्रीन लॉक की
action-session_resumed = स्क्रीन अनलॉक की
action-session_ended = सेशन खत्म किए
action-device_created = डिवाइस बना
action-device_enrolled = डिवाइस जोड़ा
action-device_revoked = डिवाइस रद्द हुआ

# The second step of signing in
sign-in-ended = आपका सेशन खत्म हो गया। फिर साइन इन करें: आपका काम वैसा ही है।
second-factor = दूसरा चरण
second-factor-code = ऐप का कोड
second-factor-code-help = ऑथेंटिकेटर ऐप के 6 अंक, या आपका कोई रिकवरी कोड।
second-factor-lost = फ़ोन और रिकवरी कोड दोनों खो गए? एडमिन दूसरा चरण बंद कर सकता है।
second-factor-other-person = किसी और नाम से साइन इन करें
second-factor-wrong = कोड गलत है, या पहले इस्तेमाल हो चुका है। अगले कोड का इंतज़ार करें।
second-factor-over = बहुत बार गलत कोड। फिर साइन इन करें।

# A person's own second factor
second-factor-on = दूसरा चरण चालू है
second-factor-is-off = दूसरा चरण बंद है। आपके बाकी सेशन खत्म हो गए।
second-factor-turn-on = चालू करें
second-factor-turn-off = दूसरा चरण बंद करें
second-factor-turn-off-help = इसके बाद सिर्फ़ पासवर्ड से साइन इन होगा। आपकी पासकी भी हटेंगी और आपके बाकी सेशन खत्म होंगे।
second-factor-turn-off-required = एडमिन के लिए यह ज़रूरी है: तुरंत नया चालू करना होगा। आपके बाकी सेशन खत्म होंगे।
second-factor-required = एडमिन के लिए दूसरा चरण ज़रूरी है। अभी चालू करें, फिर आगे बढ़ें।
second-factor-scan = ऑथेंटिकेटर ऐप से स्कैन करें
second-factor-scan-help = चित्र स्कैन करें, फिर ऐप में दिखा कोड लिखें।
second-factor-qr = ऑथेंटिकेटर ऐप के लिए QR कोड
second-factor-by-hand = स्कैन नहीं होता? ऐप में यह लिखें:
second-factor-open-app = इसी डिवाइस पर ऐप खोलें
second-factor-no-key = यह साइट अभी दूसरा चरण नहीं रख सकती। साइट चलाने वाले को SESSION_SECRET सेट करना होगा।
recovery-codes = रिकवरी कोड
recovery-codes-left = { $n ->
    [one] { $n } रिकवरी कोड बचा है।
   *[other] { $n } रिकवरी कोड बचे हैं।
}
recovery-codes-renew = नए रिकवरी कोड बनाएँ
recovery-codes-once = दूसरा चरण चालू है। ये कोड लिख लें: ये सिर्फ़ अभी दिखते हैं।
recovery-codes-help = फ़ोन खोने पर हर कोड एक बार साइन इन कराता है। इन्हें ऐसी जगह रखें जो सिर्फ़ आपको पता हो।
recovery-codes-kept = मैंने लिख लिए
own-password = आपका पासवर्ड

# Second factors of everybody
nav-second-factors = दूसरा चरण
second-factor-with = दूसरे चरण वाले
second-factor-people = लोग
second-factor-admins-without = बिना दूसरे चरण के एडमिन
second-factor-admins-all = हर एडमिन के पास है।
second-factor-lost-title = खोया हुआ दूसरा चरण बंद करें
second-factor-lost-help = पहले पक्का करें कि यह वही व्यक्ति है। उनके सारे सेशन खत्म होंगे।
second-factor-off-for = { $name } का दूसरा चरण बंद है। उनके सेशन खत्म हो गए।
second-factor-none-for = { $name } का दूसरा चरण चालू नहीं है।
second-factor-nobody = इस यूज़र नाम का कोई खाता नहीं है। वर्तनी जाँचें।

# Locking the screen, signing out
lock-now = स्क्रीन लॉक करें
sign-out-ask = आप { $name } नाम से साइन इन हैं।

# Sessions
nav-sessions = सेशन
session-device = डिवाइस
session-ends = कब खत्म
sessions-end-picked = चुने हुए सेशन खत्म करें
sessions-kick-on = जो ग्राहक { $n } मिनट तक कुछ नहीं करते, वे साइन आउट हो जाते हैं।
sessions-kick-start = निष्क्रिय ग्राहकों को साइन आउट करें
sessions-kick-stop = निष्क्रिय ग्राहकों को साइन आउट करना बंद करें
sessions-kick-off = जो ग्राहक कुछ नहीं करते, उनके सेशन कुछ समय बाद बेकार हो जाते हैं, पर अपने अंत तक इस सूची में रहते हैं।
sessions-none = कोई सेशन नहीं
sessions-find = नाम, ई-मेल या पता
realm = कौन
realm-staff = स्टाफ़
realm-customer = ग्राहक
session-person = व्यक्ति
session-from = पता
session-agent = ब्राउज़र
session-created = साइन इन
session-seen = आखिरी बार
session-actions = काम
session-this = यही
session-locked = लॉक
session-active = चालू
session-end = खत्म करें
session-end-of = खत्म करें: { $name } का यह सेशन
session-end-all = सब खत्म करें
session-end-all-of = सब खत्म करें: { $name } के सारे सेशन
session-gone = यह सेशन पहले ही खत्म हो चुका है।
sessions-ended = { $n ->
    [one] { $n } सेशन खत्म हुआ।
   *[other] { $n } सेशन खत्म हुए।
}
sessions-shown = { $n ->
    [one] { $n } सेशन
   *[other] { $n } सेशन
}
sessions-own = आपके सेशन
sessions-own-help = आप यहाँ साइन इन हैं। जो आपका नहीं है उसे खत्म करें, फिर पासवर्ड बदलें।
sessions-end-others = बाकी सब खत्म करें

# Tokens
tokens = आपके एक्सेस टोकन
tokens-help = टोकन से कोई प्रोग्राम आपके नाम से काम करता है। वह वही कर सकता है जो आप यहाँ चुनें, आपसे ज़्यादा कभी नहीं।
token-new = नया टोकन
token-name = किस काम के लिए
token-days = कितने दिन चले
token-area = क्षेत्र
token-area-all = जो मुझे दिखता है
token-permissions = क्या कर सकता है
token-everything = जो मैं कर सकता हूँ
token-create = टोकन बनाएँ
token-made = यह टोकन अभी कॉपी करें: यह सिर्फ़ एक बार दिखता है।
token-created = बना
token-used = आखिरी इस्तेमाल
token-ends = खत्म
token-in-use = चालू
token-is-revoked = रद्द
token-is-over = समय पूरा
token-revoke = रद्द करें
token-revoke-of = { $name } रद्द करें
token-revoked = टोकन रद्द हुआ।
token-gone = यह टोकन पहले ही रद्द हो चुका है।
token-wrong-name = 1 से 64 अक्षरों में लिखें कि किस काम के लिए है। आपके 50 टोकन हो सकते हैं।
token-wrong-permissions = चुनें कि यह क्या कर सकता है।
token-wrong-area = अपना कोई क्षेत्र चुनें।
token-wrong-days = टोकन 1 से 730 दिन चलता है।

# Devices
nav-devices = डिवाइस
devices-help = डिवाइस अपने नाम वाला स्टेशन या गेट है। उस पर जो स्कैन हो उसके साथ यह नाम रहता है।
device-new = नया डिवाइस
device-name = नाम
device-create = डिवाइस बनाएँ
device-scan = 15 मिनट के अंदर डिवाइस से स्कैन करें। यह एक बार चलता है।
device-qr = डिवाइस के लिए QR कोड
device-by-hand = या डिवाइस पर यह पता खोलें:
device-enrolled-at = जुड़ा
device-seen = आखिरी साइन-इन
device-enrolled = इस्तेमाल में
device-waits = स्कैन का इंतज़ार
device-not-enrolled = जुड़ा नहीं
device-revoked = रद्द
device-renew = नया कोड
device-renew-of = { $name } के लिए नया कोड
device-revoke = रद्द करें
device-revoke-of = { $name } रद्द करें
device-revoked-now = डिवाइस रद्द हुआ। उसके सेशन खत्म हो गए।
device-gone = यह डिवाइस पहले ही रद्द हो चुका है।
device-wrong-name = 1 से 64 अक्षरों का नाम लिखें जो किसी और डिवाइस का न हो।
device-enrol = यह डिवाइस जोड़ें
device-enrol-ask = यह डिवाइस { $name } बनेगा।
device-enrol-now = जोड़ें
device-code-wrong = यह कोड इस्तेमाल हो चुका है या पुराना है। एडमिन से नया लें।

# Problems
problem-session_locked = स्क्रीन लॉक है। आगे बढ़ने के लिए पासवर्ड लिखें।
problem-second_factor_required = आपके खाते के लिए पहले दूसरा चरण ज़रूरी है।
problem-not_for_tokens = टोकन यह नहीं कर सकता। ब्राउज़र से साइन इन करें।
problem-no_session_secret = यह साइट दूसरा चरण नहीं रख सकती। साइट चलाने वाले को SESSION_SECRET सेट करना होगा।

nav-audit = ऑडिट ट्रेल
trail-person = व्यक्ति
trail-action = क्या हुआ
trail-thing = किस पर
trail-kind = किस तरह की चीज़
trail-changes = बदलाव
trail-address = पता
trail-account = खाता
trail-realm = क्षेत्र
trail-station = स्टेशन
trail-number = नंबर
trail-days = दिन
trail-system = प्रोग्राम खुद
trail-text = टेक्स्ट
trail-none = कोई एंट्री नहीं
trail-shown = { $n ->
    [one] { $n } एंट्री
   *[other] { $n } एंट्री
}
trail-file = CSV डाउनलोड करें
trail-proof = सबूत
trail-incidents = घटनाएँ
trail-view-changes = बदलाव
trail-view-sign_ins = साइन-इन
trail-view-failures = असफल साइन-इन
trail-view-deletions = हटाई गई चीज़ें
trail-view-rights = अधिकार
trail-view-limits = सीमाएँ
trail-view-customers = ग्राहक
trail-view-everything = स्कैन के साथ सब कुछ
trail-entry = एंट्री { $n }
trail-agent = ब्राउज़र
trail-request = अनुरोध
trail-field = फ़ील्ड
trail-before = पहले
trail-after = बाद में
trail-no-changes = इस एंट्री में कोई बदला हुआ फ़ील्ड नहीं है, या वे समय के बाद हटा दिए गए।
trail-proved = हस्ताक्षरित चेकपॉइंट
trail-proved-yes = हाँ। जिसके पास पब्लिक की है, वह इसे जाँच सकता है।
trail-proved-not-yet = अभी नहीं। इसमें कुछ सेकंड लगते हैं।
trail-proof-file = सबूत डाउनलोड करें
trail-proof-help = सब एंट्री हैश के एक पेड़ में हैं, और साइट हर सेकंड उसकी जड़ पर हस्ताक्षर करती है। एक चेकपॉइंट इस साइट के बाहर रखें: उससे पुरानी एंट्री में बदलाव या कटौती पकड़ी जाती है।
trail-proof-how = "tallyhouse audit verify" सब कुछ फिर से गिनता है और पहली गलत एंट्री बताता है। "tallyhouse audit check" सिर्फ़ पब्लिक की से एक एंट्री का सबूत जाँचता है।
trail-public-key = पब्लिक की
trail-no-key = अभी कोई नहीं। सर्वर शुरू होते समय इसे बनाता है।
trail-checkpoint = सबसे नया चेकपॉइंट
trail-checkpoint-size = { $n ->
    [one] { $n } एंट्री, हस्ताक्षर का समय
   *[other] { $n } एंट्री, हस्ताक्षर का समय
}
trail-no-checkpoint = अभी कोई नहीं।
trail-checkpoint-file = चेकपॉइंट डाउनलोड करें
trail-waiting = एंट्री जो अभी चेकपॉइंट में नहीं हैं
trail-waiting-many = 1,000 से ज़्यादा
trail-by-address = पते के हिसाब से असफल साइन-इन, पिछले 24 घंटे
trail-by-account = खाते के हिसाब से असफल साइन-इन, पिछले 24 घंटे
trail-limits = सीमा या नियम से रोके गए, पिछले 24 घंटे
trail-deletions = हटाई गई चीज़ें, पिछले 30 दिन
trail-rights = अधिकार और सेटिंग के बदलाव, पिछले 7 दिन
trail-last-hour = पिछला घंटा
trail-last-day = 24 घंटे
trail-newest = सबसे नया
trail-many = एक घंटे में 5 से ज़्यादा
trail-nothing = कुछ नहीं।
trail-all-of-these = ये सब दिखाएँ
trail-cut = यहाँ जितना गिना जा सकता है उससे ज़्यादा है। आँकड़े सबसे नई 2,000 एंट्री के हैं।
setting-people-audit_mask = ऑडिट ट्रेल में ई-मेल और पते
setting-help-people-audit_mask = 0 पूरा दिखाता है, 1 छिपाता है, 2 और ज़्यादा छिपाता है। जो सहेजा है वह वैसा ही रहता है।
setting-retention-audit_rows_days = ऑडिट एंट्री, दिनों में
setting-help-retention-audit_rows_days = इस समय के बाद एंट्री हट जाती हैं। हटाने और अधिकार बदलने की एंट्री हमेशा रहती हैं, और सबूत पूरा रहता है।
setting-retention-audit_values_days = ऑडिट एंट्री में पहले और बाद के मान, दिनों में
setting-help-retention-audit_values_days = इस समय के बाद एंट्री बताती है कि क्या हुआ, पर मान नहीं।
action-audit_retention = पुरानी ऑडिट एंट्री हटाई गईं
action-audit_key_renewed = ऑडिट ट्रेल की की नई बनी
entity-audit = ऑडिट ट्रेल

passkeys = पासकी
passkeys-help = पासकी से आप पासवर्ड के बिना, अपनी उँगली, चेहरे या डिवाइस के पिन से साइन इन करते हैं। यह दूसरा चरण भी है: पासवर्ड के साथ पासकी या रिकवरी कोड माँगा जाता है।
passkeys-none = अभी आपकी कोई पासकी नहीं है।
passkeys-no-browser = इस ब्राउज़र में पासकी नहीं हैं। यह पेज दूसरे ब्राउज़र में खोलें।
passkeys-no-site = इस पते पर पासकी काम नहीं करती। साइट चलाने वाला इसे बदल सकता है।
passkey-name = नाम
passkey-name-help = ताकि आप इसे पहचानें, जैसे “काम का फ़ोन”।
passkey-created = जोड़ी गई
passkey-used = आख़िरी बार
passkey-change = बदलें
passkey-add = पासकी जोड़ें
passkey-rename = नाम बदलें
passkey-remove = हटाएँ
passkey-sign-in = पासकी से साइन इन करें
passkey-cancelled = पासकी काम में नहीं आई। फिर कोशिश करें, या दूसरा तरीका चुनें।
passkey-said-added = पासकी जुड़ गई। आपके बाकी सेशन खत्म हो गए।
passkey-said-renamed = पासकी का नाम बदल गया।
passkey-said-removed = पासकी हट गई। इसे अपने डिवाइस से भी हटाएँ।
passkey-gone = यह पासकी अब नहीं है।
passkey-wrong = इस पासकी से यहाँ साइन इन नहीं होता।
passkey-stale = बहुत देर हो गई, या यह दूसरे पेज ने माँगा था। फिर कोशिश करें।
passkey-not-verified = डिवाइस ने उँगली, चेहरा या पिन नहीं माँगा। पहले उस पर यह चालू करें।
passkey-unknown-kind = यह डिवाइस ऐसी कुंजी बनाता है जो यहाँ नहीं चलती। दूसरा डिवाइस लें।
passkey-copied = इस पासकी की नकल मौजूद है, इसलिए यह नहीं चलेगी। दूसरे तरीके से साइन इन करके इसे हटाएँ।
passkey-bad-name = 1 से 40 अक्षरों का नाम दें।
passkey-too-many = आपके पास दस पासकी हैं। पहले एक हटाएँ।
passkey-known = यह पासकी पहले से काम में है।

# Jobs
job-old_passwords = खत्म हुए लिंक हटाना
job-idle_customers = कुछ न करने वाले ग्राहकों को साइन आउट करना
job-directory_people = लोगों का डायरेक्टरी से मिलान
settings-group-alerts = चेतावनियाँ
setting-alerts-pool_percent = डेटाबेस के कनेक्शन, प्रतिशत में
setting-help-alerts-pool_percent = 20 सेकंड तक इतना हिस्सा उपयोग में रहने पर किसी को बताया जाता है।
setting-alerts-errors_a_minute = प्रति मिनट असफल अनुरोध
setting-help-alerts-errors_a_minute = हमारी ग़लती से या किसी चीज़ के न मिलने से इससे ज़्यादा असफल हों तो किसी को बताया जाता है।
setting-alerts-sign_ins_a_minute = प्रति मिनट असफल साइन-इन, सब लोगों के
setting-help-alerts-sign_ins_a_minute = इससे ज़्यादा असफल हों तो किसी को बताया जाता है।
setting-alerts-disk_percent = डिस्क का उपयोग, प्रतिशत में
setting-help-alerts-disk_percent = डेटा की कोई डिस्क इससे ज़्यादा भरी हो तो किसी को बताया जाता है।
