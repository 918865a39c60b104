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
