# पोर्टल की मेल
view-subject = { $site }: { $name }
view-intro = आपके दृश्य “{ $name }” में { $time } पर स्टॉक की { $rows } पंक्तियाँ हैं। वे इस मेल की वर्कबुक में हैं।
view-intro-large = आपके दृश्य “{ $name }” में { $time } पर स्टॉक की { $rows } पंक्तियाँ हैं। मेल के लिए यह बहुत है: डाउनलोड करने के लिए पृष्ठ खोलें।
view-intro-none = आपके दृश्य “{ $name }” में { $time } पर कोई स्टॉक नहीं है।
watch-subject = { $site }: अपना स्टॉक देखें
watch-expiry = ये लॉट { $days } दिनों में समाप्त होंगे:
watch-below = इस पार्ट की मात्रा आपकी सीमा से कम है:
watch-line-expiry = { $part }, लॉट { $lot }: { $day } को समाप्त, { $amounts } शेष
watch-line-below = { $part }: { $amounts } शेष
watch-more = और { $n } अन्य
nothing-left = कुछ नहीं
stop = यह मेल बंद करें
open = अपना स्टॉक खोलें
