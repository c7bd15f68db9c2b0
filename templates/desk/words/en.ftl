# All that the pages say. The same keys stand in de.ftl; a test compares both.

## Frame
skip = Skip to content
places = Sections
company = Company
all-companies = All companies
show = Show
logout = Sign out
back-to-today = Back to today
pager-label = More pages
pager-next = More entries

place-today = Today
place-calls = Calls
place-callbacks = Callbacks
place-bookings = Bookings
place-setup = Set-up
place-retell = Retell
place-analytics = Analytics
place-people = People
place-deliveries = Deliveries
place-audit = Audit
place-password = Your password

role-platform-admin = Platform
role-agency = Agency
role-company-admin = Administration
role-staff = Reception
role-agent = Voice agent

weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

## When something does not work
trouble-400 = That could not be read
trouble-403 = That is not allowed here
trouble-404 = There is nothing here
trouble-409 = That cannot be done just now
trouble-429 = One moment, please
trouble-503 = Out of reach just now
trouble-other = That did not work

## Signing in
login-title = Sign in
login = Sign in
login-refused = E-mail or password is not right. After many wrong tries an account is locked for a while.
email = E-mail
password = Password
password-title = Change your password
password-explained = At least 12 characters. You are signed out everywhere else.
password-old = Password so far
password-new = New password
password-change = Change password
password-refused = The password so far is not right, or the new one has fewer than 12 characters.
notice-password-changed = The password is changed.

## What is found everywhere
state = State
name = Name
phone = Number
reason = Reason
service = Service
appointment = Appointment
due-until = Until
since = since { $it }
held = held: { $it }
caller-withheld = Number withheld
nobody-named = no name

## Today
today-wrong = Wrong right now
today-breaker = Calendar line of { $it }
today-all-well = Nothing to complain about.
today-unsure = { $it }: the booking is being looked for at Cal.com
today-companies = Companies at a glance
today-companies-explained = Figures since midnight; promises without a booking of the last 24 hours. What is stuck stands first.
bookings-today = Bookings today
bookings-failed = of them failed
callbacks-open = Callbacks open
callbacks-overdue = of them overdue
promises-broken = Promised without booking
calendar = Calendar
see-all = Show all
today-live = On the telephone now
today-no-call = Nobody is on the telephone.
today-due = Callbacks
today-overdue =
    { $n ->
        [one] One callback is overdue.
       *[other] { $n } callbacks are overdue.
    }
today-no-callback = Nobody is waiting for a call.
today-bookings = Newest bookings
today-no-booking = No booking yet.

## States
booking-waiting = waiting
booking-sent = on its way
booking-unsure = unsure
booking-booked = booked
booking-pending = to be confirmed
booking-refused = refused
booking-failed = failed
booking-cancelled = cancelled
callback-open = open
callback-unreachable = not reached
callback-done = done
callback-overdue = overdue
breaker-closed = in order
breaker-open = interrupted
breaker-half-open = being tried
breaker-misconfigured = set up wrongly
stage-open = being discussed
stage-held = read back
stage-confirmed = agreed
stage-withdrawn = withdrawn
stage-requested = ordered

## Why somebody has to be called back
reason-callers-wish = The caller asked for it
reason-cut-off = The call broke off after the read-back
reason-unclear-wish = A yes, but unclear to what
reason-late-yes = A yes came to light too late
reason-never-reported = The end of the call was never reported
reason-slot-taken = The time was taken meanwhile
reason-booking-refused = The calendar refused
reason-booking-unsure = The booking is in doubt
reason-calendar-unreachable = The calendar was out of reach
reason-change-failed = A change did not work
reason-booked-twice = Stands in the calendar twice
reason-change-not-allowed = Cannot be changed by telephone
reason-promise-without-booking = Promised without a booking
reason-unidentified = Could not tell who was calling

## Alerts
alert-booking-failed = Booking failed
alert-promise-without-booking = Promised without a booking
alert-calendar-differs = The calendar differs
alert-unknown-booking = Unknown booking at Cal.com

## Audit
at = When
audit-who = Who
audit-action = What
audit-all = Everything
audit-subject = About
audit-detail = Details
audit-none = No entry yet.
audit-explained = Who changed something or read what a caller said; the newest first.
who-system = The house itself
who-nobody = Unknown
who-hidden = Outside this company
audit-signed-in = Signed in
audit-sign-in-refused = Sign-in refused
audit-signed-out = Signed out
audit-password-changed = Own password changed
audit-call-read = Call read
audit-user-made = Person entered
audit-user-changed = Person changed
audit-token-made = Token made
audit-token-revoked = Token revoked
audit-company-applied = Company applied
audit-callback-changed = Callback changed
audit-booking-retried = Booking tried again
audit-booking-cancelled = Booking cancelled
audit-appointment-entered = Appointment entered
audit-appointment-moved = Appointment moved
audit-appointment-cancelled = Appointment cancelled
audit-appointment-confirmed = Appointment confirmed
audit-breaker-reset = Calendar line reset
audit-delivery-replayed = Delivery replayed
audit-agents-changed = Voice agent changed
audit-key-replaced = Key replaced
audit-deployed = Deployed at Retell
audit-rolled-back = Rolled back at Retell
audit-calls-imported = Calls imported
subject-user = Person
subject-token = Token
subject-call = Call
subject-booking = Booking
subject-callback = Callback
subject-account = Account
subject-delivery = Delivery
subject-company = Company
subject-deployment = Deployment
