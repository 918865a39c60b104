# Mails about alerts
alert-subject-raised = ध्यान दें: { $what }
alert-subject-cleared = ठीक हो गया: { $what }
alert-subject-tried = { $site } से चेतावनियों का टेस्ट
alert-tried = किसी ने चेतावनियों का यह टेस्ट माँगा। कुछ भी खराब नहीं है।
alert-since = { $at } से
alert-until = { $at } पर ठीक हुआ
alert-node = { $node } पर
alert-open = चेतावनियों की सूची खोलें
# What an alert says, by its kind
alert-pool = डेटाबेस के { $value }% कनेक्शन काम में हैं (सीमा { $limit }%)
alert-errors = एक मिनट में { $value } अनुरोध असफल हुए (सीमा { $limit })
alert-sign_ins = एक मिनट में { $value } साइन-इन असफल हुए (सीमा { $limit })
alert-disk = डिस्क { $value }% भरी है (सीमा { $limit }%)
alert-backup_unproved = { $value } घंटे से किसी बैकअप का टेस्ट सफल नहीं हुआ, या पिछला टेस्ट असफल रहा
alert-backup_old = सबसे नया बैकअप जितना होना चाहिए उससे { $value } घंटे पुराना है
alert-clock = घड़ी { $value } ms गलत है, या अचानक बदली
alert-seal_lag = ऑडिट एंट्री { $value } सेकंड से चेकपॉइंट की प्रतीक्षा में हैं
alert-mails = एक मेल { $value } मिनट से भेजे जाने की प्रतीक्षा में है
alert-away = { $subject } ने { $value } सेकंड से जवाब नहीं दिया
