# A pass for a guest
pass-subject = Your pass: { $event }
pass-intro = Hello { $name }, here is your pass.
pass-event = Event
pass-place = Place
pass-timing = Slot
pass-organiser = Organiser
pass-open = Open the pass
pass-advice = The code lets you in once, and whoever shows it first gets in: do not share its picture. The pass is attached, too.
