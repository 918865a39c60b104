customer-hello = नमस्ते { $name },
customer-welcome-subject = { $site } में आपका स्वागत है
customer-welcome-intro = { $site } पर आपके लिए खाता बनाया गया है। यह आपका अस्थायी पासवर्ड है। यह एक बार, { $until } तक चलता है। साइन इन करते ही आप अपना पासवर्ड चुनेंगे।
customer-reset-subject = { $site } का आपका पासवर्ड बदला गया
customer-reset-intro = हमारे कर्मचारी ने { $site } का आपका पासवर्ड बदला है, और आप हर जगह साइन आउट हो गए हैं। यह आपका अस्थायी पासवर्ड है। यह एक बार, { $until } तक चलता है। साइन इन करते ही आप अपना पासवर्ड चुनेंगे।
customer-sign-in = साइन इन करें
customer-name = आप { $email } से साइन इन करते हैं।
