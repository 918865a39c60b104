# मेहमान के लिए पास
pass-subject = आपका पास: { $event }
pass-intro = नमस्ते { $name }, यह रहा आपका पास।
pass-event = कार्यक्रम
pass-place = जगह
pass-timing = समय
pass-organiser = आयोजक
pass-open = पास खोलें
pass-advice = कोड एक ही बार प्रवेश देता है, और जो पहले दिखाए वही अंदर जाता है: इसकी तस्वीर किसी को न दें। पास साथ में भी है।
