hello = नमस्ते { $name },

# Welcome
welcome-subject = Tallyhouse में आपका खाता
welcome-intro = आपका खाता बन गया है। आपका यूज़र नाम { $username } है।
welcome-registered = एडमिन आपको एक क्षेत्र देंगे। तब तक आप साइन इन करके अपनी प्रोफ़ाइल देख सकते हैं।
welcome-temporary = आपका अस्थायी पासवर्ड नीचे है। यह { $until } तक, एक ही बार चलता है। साइन इन करते समय आप अपना पासवर्ड चुनते हैं।
welcome-open = साइन इन करें

# A temporary password
temporary-subject = आपका अस्थायी पासवर्ड
temporary-intro = एडमिन ने आपको एक अस्थायी पासवर्ड दिया है। यह { $until } तक, एक ही बार चलता है। साइन इन करते समय आप अपना पासवर्ड चुनते हैं।
temporary-signed-out = आप हर जगह से साइन आउट हो गए हैं।

# A link for a new password
reset-subject = नया पासवर्ड चुनें
reset-intro = किसी ने आपके खाते { $username } के लिए नया पासवर्ड माँगा है। यह लिंक { $minutes } मिनट तक, एक ही बार चलता है।
reset-not-you = अगर यह आपने नहीं माँगा, तो इस मेल को छोड़ दें। आपका पासवर्ड वही रहता है।
reset-factor = अगर आपका दूसरा चरण चालू है, तो साइन इन के लिए वह फिर भी चाहिए।
reset-open = नया पासवर्ड चुनें

# A request for a higher role
promotion-subject = आपके अनुरोध पर फ़ैसला हुआ
promotion-approved = अब आप एडमिन हैं। आपको साइन आउट किया गया है; फिर साइन इन करें।
promotion-rejected = एडमिन बनने का आपका अनुरोध मना कर दिया गया।
promotion-words = एडमिन ने लिखा: { $words }
promotion-open = अपना अनुरोध देखें

# Somebody wanted to register with the e-mail of an account
known-email-subject = आपका खाता पहले से है
known-email-intro = किसी ने आपके ई-मेल से रजिस्टर करने की कोशिश की। आपका खाता पहले से है; आपका यूज़र नाम { $username } है।
known-email-not-you = कुछ नहीं बनाया गया। अगर यह आप नहीं थे, तो इस मेल को छोड़ दें। अगर पासवर्ड भूल गए हैं, तो नया माँगें।

# A sign-in on a new device
new-place-subject = आपके खाते में नया साइन इन
new-place-intro = आपने एक नए डिवाइस पर साइन इन किया: { $at }, { $agent }, { $address } से।
new-place-not-you = अगर यह आप नहीं थे, तो अभी अपना पासवर्ड बदलें और वह सेशन बंद करें।
new-place-open = अपने सेशन देखें

# A second factor that was changed
factor-subject = आपका दूसरा चरण बदला गया
factor-on = आपके खाते का दूसरा चरण चालू किया गया ({ $at })।
factor-off = आपके खाते का दूसरा चरण बंद किया गया ({ $at })। साइन इन के लिए आपका पासवर्ड ही काफ़ी है।
factor-off-by-other = एडमिन ने आपके खाते का दूसरा चरण बंद किया ({ $at })। आप हर जगह से साइन आउट हो गए हैं।
factor-passkey-added = आपके खाते में एक पासकी जुड़ी ({ $at })। उससे पासवर्ड के बिना साइन इन होता है।
factor-passkey-removed = आपके खाते से एक पासकी हटी ({ $at })।
factor-codes = आपके खाते के लिए नए रिकवरी कोड बने ({ $at })। पुराने अब नहीं चलते।
factor-not-you = अगर आपको इसकी उम्मीद नहीं थी, तो तुरंत एडमिन को बताएँ और अपना पासवर्ड बदलें।
factor-open = अपना दूसरा चरण खोलें

# An account that wrong passwords have locked
locked-subject = आपका खाता लॉक है
locked-intro = आपके खाते के लिए बहुत सारे गलत पासवर्ड डाले गए। यह { $until } तक लॉक है।
locked-not-you = जिन डिवाइस पर आपने पहले साइन इन किया है, वे चलते रहेंगे। अगर यह आप नहीं थे, तो आपका पासवर्ड किसी को नहीं मिला। आप नया चुन सकते हैं।
