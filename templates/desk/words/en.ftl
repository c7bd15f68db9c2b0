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

## Lists
view = View
any = all
filter = Filter
branch = Branch
note = Note
save = Save
me = me
to-call = To the call
to-booking = To the booking
times =
    { $n ->
        [one] once
       *[other] { $n } times
    }
due-now = due now
due-minutes =
    { $n ->
        [one] due in a minute
       *[other] due in { $n } minutes
    }
due-hours =
    { $n ->
        [one] due in an hour
       *[other] due in { $n } hours
    }
due-days =
    { $n ->
        [one] due tomorrow
       *[other] due in { $n } days
    }
late-minutes =
    { $n ->
        [one] overdue for a minute
       *[other] overdue for { $n } minutes
    }
late-hours =
    { $n ->
        [one] overdue for an hour
       *[other] overdue for { $n } hours
    }
late-days =
    { $n ->
        [one] overdue since yesterday
       *[other] overdue for { $n } days
    }

## Callbacks
worklist-todo = To do
worklist-overdue = Overdue
worklist-unreachable = Not reached
worklist-done = Done
worklist-all = All
callbacks-none-done = Nothing done yet.
callbacks-of-all-calls = Callbacks of all calls
callback-wished = Asked for
callback-settled = Done
callback-owner = Seen to by
callback-tries = Not reached
urgent = urgent
call-number = Call { $it }
act-take = Take it
act-release = Give it back
act-done = Done
act-unreachable = Not reached
act-reopen = Open again
act-note = Note
notice-callback-taken = You see to this callback.
notice-callback-released = The callback is free again.
notice-callback-done = The callback is done.
notice-callback-unreachable = One try more is counted.
notice-callback-open = The callback is open again.
notice-callback-noted = The note is saved.

## Lists, more
day-from = From
day-to = To
filter-none = Show everything
nothing-fits = Nothing fits this choice.
outcome = Outcome
caller = Caller
staff = By whom
what = What
result = Result
when = When
duration = Took

## Calls
calls-none = No call yet.
only-live = only live ones
call-live = on the telephone
call-ended = being settled
call-of = Call of { $it }
call-began = Began
call-lasted = Lasted
call-ending = End
call-cost = Cost
call-answer = Answer time (median)
call-retell-id = Retell's id
call-facts = Facts
call-so-far = Said so far
call-timeline = What happened
minutes = { $it } min
to-all-calls = All calls
transcript = Transcript
transcript-none = There is no transcript, or not any more.
came-again =
    { $n ->
        [one] came once more
       *[other] came { $n } times more
    }
appointment-number = appointment { $n }
outcome-promised = promised
outcome-booked = booked
outcome-pending = to be confirmed
outcome-failed = failed
outcome-cancelled = cancelled
outcome-changed = changed
outcome-callback = callback
outcome-withdrawn = called it off
outcome-abandoned = no agreement
outcome-nothing = nothing wanted
phase-live = the call goes on
phase-ended = the call has ended, not settled
phase-settled = settled
ending-user-hangup = caller hung up
ending-agent-hangup = agent hung up
ending-call-transfer = put through
ending-transfer-bridged = put through
ending-inactivity = nobody spoke any more
ending-max-duration-reached = longest duration reached
ending-voicemail-reached = voicemail
ending-dial-busy = busy
ending-dial-failed = dialling failed
ending-dial-no-answer = not picked up
ending-user-declined = declined
ending-not-connected = never connected
ending-concurrency-limit-reached = too many calls at once
ending-no-valid-payment = no valid payment at Retell
ending-error-llm-websocket-lost-connection = the line broke
ending-error-unknown = the line broke
ending-error-retell = trouble at Retell
ending-error-no-audio-received = no audio
ending-error-asr = speech recognition failed

## What came of a call
verdict-title = What came of it
verdict-at-length = At length
verdict-live = The call is still under way
verdict-waits = The call has ended and is being settled
verdict-last-answer = last: { $it }
agreed-said = the caller said yes to what was read back
agreed-in-variables = the yes stood in the call's variables
agreed-not-needed = the wish was complete, and no yes is needed here
agreed-at-the-desk = entered at the desk
verdict-booking-waiting = { $it }: promised, about to be booked
verdict-booking-sent = { $it }: being booked just now
verdict-booking-unsure = { $it }: in doubt whether the booking stands
verdict-booking-booked = { $it }: booked
verdict-booking-pending = { $it }: requested, to be confirmed in the calendar
verdict-booking-refused = { $it }: not booked, the calendar refused
verdict-booking-failed = { $it }: not booked, given up
verdict-booking-cancelled = { $it }: does not stand any more
verdict-call-back = to be called back by { $it }
verdict-called-back = called back ({ $it })
verdict-promised = Promised, but not among the bookings
verdict-changed = An existing appointment was changed
verdict-callback = Nothing booked, somebody calls back
verdict-withdrawn = Nothing booked: the caller said no in the end
verdict-abandoned = Nothing booked: the call ended before a yes
verdict-nothing = Nothing booked: no appointment was asked for

## What happened in a call
line-event = Event
line-function = Function
line-calcom = Cal.com
line-delivery = Webhook
line-booking = Booking
line-callback = Callback
line-arguments = Arguments
line-answer = Answer
line-asked = Request
line-promised = promised, in the books
line-booking-stands = stands now
line-callback-due = callback noted
event-began = call begins
event-entered-at-desk = entered at the desk
event-started = Retell reports the start
event-branch-chosen = branch chosen
event-heard = heard
event-unsaid = does not stand any more
event-offered = offered
event-chosen = time held
event-not-seen-free = calendar did not answer
event-dropped = time let go
event-read-back = read back
event-confirmed = agreed
event-withdrawn = declined
event-answered = function answered
event-callback-noted = callback noted
event-unfounded = claim without ground
event-ended = call over
event-analyzed = Retell's analysis
event-identified = caller identified
event-not-identified = caller not identified
event-named = appointments spoken of
event-will-come = will come
event-requested = booking ordered
event-resumed = goes on from a call
event-taken-over = taken up in a new call
event-changing = to be changed
event-changed = change
event-asked-to-drop = asked before dropping
event-missed = time missed, the wish stays
event-settled = settled
ended-hung-up = hung up
ended-analyzed = seen from the analysis
ended-asked = Retell was asked
ended-unreported = never reported
ended-imported = imported afterwards
yes-said = with a yes
yes-in-variables = a yes in the variables
yes-not-needed = no yes needed
yes-at-the-desk = at the desk
came-done = made
came-failed = could not be made
came-gone = nothing left to change
came-left-to-it = still under way
delivery-taken = taken in
delivery-kept = kept
delivery-answered = answered
delivery-repeated = repeated
delivery-unknown-number = unknown number
delivery-no-call-id = without an id

## What functions answer
answer-available = times named
answer-unavailable = time not free
answer-clarify = unclear, asked back
answer-unknown-service = service unknown
answer-closed = closed
answer-past = time has passed
answer-too-soon = too soon
answer-too-far = too far ahead
answer-calendar-unreachable = calendar out of reach
answer-identity-needed = caller not identified
answer-found = appointments found
answer-none = no appointments
answer-which-one = which one?
answer-not-found = not found
answer-incomplete = something is missing
answer-held = read back and held
answer-confirmed = agreed
answer-booked = booked
answer-requested = requested
answer-withdrawn = withdrawn
answer-slot-taken = somebody was faster
answer-noted = noted
answer-working = being worked on
answer-services = services named
answer-hours = opening hours named
answer-callback-noted = callback noted
answer-changed = changed
answer-confirm-cancel = cancellation read back
answer-cancelled = cancelled
answer-not-allowed = not by telephone
answer-emergency = emergency
answer-unknown-number = unknown number
answer-unknown-function = unknown function
answer-invalid = could not be read
answer-trouble = trouble

## Why the calendar did not
code-bad-key = Cal.com does not accept the key
code-out-of-bounds = too soon or too far ahead for Cal.com
code-past = the time has passed
code-limit-reached = limit of bookings reached
code-unknown-event-type = event type unknown at Cal.com
code-event-type-misconfigured = event type is set up wrongly at Cal.com
code-field-missing = the form at Cal.com misses something
code-malformed = Cal.com found the request malformed
code-unknown-booking = booking unknown at Cal.com
code-already-cancelled = had been cancelled before
code-refused = Cal.com refused
code-slot-taken = the time is taken
code-not-available = the time is taken
code-not-available-after-resend = the time is taken, perhaps by this very booking
code-foreign-booking-returned = Cal.com answered with somebody else's booking
code-throttled = requests of the minute are used up
code-connection-refused = connection refused
code-connect-timed-out = no connection in time
code-no-address = Cal.com cannot be found
code-not-connected = no connection
code-race = two bookings met
code-already-there = there is a booking already
code-already-moved = was moved already
code-after-insert = failed after it was stored
code-server-error = Cal.com failed inside
code-timed-out = no answer in time
code-broken = the connection broke
code-unreadable = answer could not be read
code-unknown-text = unknown answer
code-restarted = the program was restarted
code-breaker-open = line interrupted
code-test-mode = test mode: nothing is written at Cal.com

## Bookings and calendars
calendars = Calendars
unsure-first = unsure ones first
bookings-unsure = Unsure
bookings-unsure-explained = Nobody knows whether these stand in the calendar; they are looked for.
to-all-bookings = All bookings
booking-changing = Being changed
booking-surplus = Too many at Cal.com
booking-attempts = Attempts
booking-made = Promised
booking-moved = Moved last
booking-requests = Requests to the calendar
booking-no-request = Nothing has been sent yet.
booking-acts = Step in
booking-retry = Try again
booking-cancel = Cancel …
cancel-ask = Really cancel this appointment?
cancel-explained = It is cancelled at Cal.com too. That cannot be taken back.
cancel-yes = Yes, cancel it
cancel-no = No, keep it
booking-retry-refused = Not possible: the time is taken or has passed, or there is nothing to try again.
booking-cancel-refused = Not possible: it stands no more, or is being changed just now.
notice-booking-retried = The booking is tried again.
notice-booking-cancelled = The cancellation is on its way.
attempt-create = Book, attempt
attempt-move = Move, attempt
attempt-cancel = Cancel, attempt
attempt-look = Look, number
attempt-under-way = under way
result-created = created
result-done = done
result-definite-no = refused
result-not-executed = not carried out
result-not-available = not available
result-doubt = in doubt
calendar-lines = Lines to Cal.com
calendar-lines-explained = Where Cal.com does not answer, its line rests a while; nothing is lost.
calendar-no-line = No calendar is connected.
calendar-queues = Queues
calendar-none = No calendar is set up.
queue-oldest = Oldest
queue-in-flight = On its way
queue-waits = waits until
queue-last = Last
breaker-failures =
    { $n ->
        [one] { $n } failure
       *[other] { $n } failures
    }
breaker-opens =
    { $n ->
        [one] interrupted once
       *[other] interrupted { $n } times
    }
breaker-again = again at
breaker-reset = Reset
notice-breaker-reset = The line is reset.

## Playing a call again
replay = Play it again
replay-of = Played again: call of { $it }
replay-explained = Each step goes through the program of today once more, with the settings of today. Nothing is booked, asked or stored; what the calendar showed then is taken from what happened.
replay-same = as it was then
replay-other = different today
replay-unknown = cannot be told
replay-hangs-on-customer = hangs on who was known
replay-hangs-on-booking = hangs on the calendar's answer
replay-hangs-on-earlier = hangs on the call before
replay-none = There is nothing of this call to be played.
replay-step = Step { $n }
replay-happened = What happened
replay-state = How it stood then
replay-then = Answer then
replay-today = Answer today

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
## Over several pages
choose-company = Which company is this about?
no-company = No company yet.
no-branch = The company has no branch yet.
one-branch = Branch
branches = Branches
all-branches = All branches
yes = yes
no = no
on = on
off = off
keep = Save
back = Back
action = Action
time = Time
language = Language
not-set = not set
not-known = not known
needed = always needed
notes = Notes
by-whom = By
changed-last = Changed last:
language-de = German
language-en = English

## Retell
retell-tab-webhook = Webhook
retell-tab-functions = Functions
retell-tab-prompt = Prompt
retell-tab-deployments = Deploy
counts-after-deployment = Callers get it with the next deployment.
webhook-addresses = Addresses
webhook-addresses-explained = A deployment enters them at Retell. Whoever does it by hand takes them from here.
webhook-url = Webhook of the agents
inbound-url = Webhook of the phone numbers (inbound calls)
webhook-test = Test
webhook-test-now = Test now
webhook-test-explained = Sends a signed event through the public address and looks whether it arrives.
webhook-test-never = never tested
webhook-test-success = arrived
webhook-test-failed = did not arrive
signing-key = Signing key
signing-key-is = Key
signing-key-comes-from = Set as
previous-key-until = The one before counts until
previous-key = Previous key
previous-key-in-file = stands in the company's file and counts until it no longer does
key-replace = Replace the key
key-replace-explained = Retell signs with the API key that carries its webhook badge. Enter it here first, then move the badge at Retell; until then both count.
key-new = New key
key-previous-hours = The one before still counts (hours, at most 720)
agents = Agents as Retell has them
agent = Agent
version = Version
published = Published
tells-us = Tells this server
webhook-events = Events
webhook-events-explained = What Retell tells
webhook-timeout = How long Retell waits for it to be taken in (milliseconds)
event-call-started = Call began
event-call-ended = Call ended
event-call-analyzed = Call analysed
event-transcript-updated = Transcript went on
event-transfer-started = Transfer began
event-transfer-bridged = Transfer connected
event-transfer-cancelled = Transfer given up
event-transfer-ended = Transfer ended
functions = Functions of the agents
texts = Texts and waiting time
switch-on = Switch on
switch-off = Switch off
back-to-usual = Back to the usual
function-description = When the agent calls it
function-speak = What it says meanwhile (empty: nothing)
function-timeout = How long Retell waits for the answer (milliseconds)
function-parameters = Arguments
function-check-availability = Look for free times
function-collect-appointment = Take an appointment
function-change-appointment = Move an appointment
function-cancel-appointment = Call an appointment off
function-find-appointments = Find appointments
function-confirm-appointment = Confirm an appointment
function-request-callback = Take a callback
function-list-services = Name the services
function-opening-hours = Name the opening hours
prompt-settings = What the company sets
prompt-author = Who writes the prompt?
prompt-ours = Fernamt: a deployment replaces the prompt at Retell
prompt-theirs = Somebody at Retell: a deployment leaves it as it is
trade = Trade
trade-general = General
trade-salon = Salon
trade-practice = Practice
trade-workshop = Workshop
prompt-recording = What is said about recording, word for word after the greeting
prompt-extra = Own instructions at the end
prompt-preview = Preview
deploy-agents = Agents
deploy-explained = The plan shows what would change at Retell. Nothing is written before it is confirmed, and what stood there is kept.
no-agent = no agent entered
plan-show = Show the plan
plan-of = Plan for { $it }
plan-empty = Everything is as it is to be already.
plan-remove-legacy = Also take old Cal.com tools away that Retell no longer accepts
diff-before = before:
diff-after = after:
deploy-now = Deploy
not-now = Not now
deploy-history = So far
deploy-none = Nothing has been deployed from here yet.
deploy-undoing = taken back
what-came-of-it = What came of it
rollback = Take back
rollback-now = Yes, take it back
area-agent = Agent
area-function = Function
area-prompt = Prompt
area-number = Number
outcome-nothing-to-change = nothing to change
outcome-done = done
outcome-as-before = stopped, as before
outcome-as-wanted = in effect, some left
outcome-mixed = in part
outcome-unknown = not known
outcome-under-way = under way
notice-webhook-changed = Events and waiting time are saved.
notice-key-replaced = The new key counts. Now move the webhook badge at Retell, and write the key into the company's file.
notice-webhook-arrived = The event has arrived.
notice-function-on = The function is switched on.
notice-function-off = The function is switched off.
notice-function-usual = The usual texts count again.
notice-function-changed = The texts are saved.
notice-prompt-changed = The prompt is saved.
notice-deployed = Deployed: the agent now answers as it was to.
notice-rolled-back = Taken back: the agent answers as before.
notice-nothing-to-change = There was nothing to change.

## Set-up
setup-tab-check = Check
setup-tab-branches = Branches
setup-tab-rules = Rules
setup-tab-file = Company file
setup-light = Ready for calls?
setup-offline = As it stands in the books. Within a company Retell and Cal.com are asked as well.
look-again = Check again
companies = Companies
switches = Switches
light-red = Red
light-yellow = Yellow
light-green = Green
test-mode = Test mode
test-mode-explained = Calls are taken, but nothing is written into the calendar.
test-mode-begin = Begin test mode
test-mode-end = End test mode
paused = paused
paused-branches =
    { $n ->
        [one] one branch paused
       *[other] { $n } branches paused
    }
paused-explained = Paused: callers are told that no appointments are made at the moment
takes-appointments = takes appointments
pause = Pause
resume = Take appointments again
findings = What to do
findings-none = Nothing to do.
findings-green =
    { $n ->
        [one] One point is in order
       *[other] { $n } points are in order
    }
mend-deploy = See the plan and deploy
mend-hours = Enter hours
mend-ai = Switch the AI notice on
check-house = Server
check-retell = Retell
check-number = Number
check-agent = Agent
check-function = Function
check-branch = Branch
check-account = Cal.com account
check-service = Service
check-calendar = Calendar
check-policy = Rule
check-rehearsal = Rehearsal
unknown-numbers = Unknown numbers that rang
unknown-none = None.
unknown-rang =
    { $n ->
        [one] once
       *[other] { $n } times
    }
belongs-to = belongs to …
enter = Enter
numbers = Numbers
hours = Opening hours
services = Services
minutes-long = Minutes
synonyms = Also called
offers = Who · calendar · event type
anybody = whoever is free
not-bookable = not bookable yet
branch-change = Change hours and details
special-hours = Days with hours of their own (one line a day)
closures = Closed (one line a day or span)
holidays = Holidays (a region such as DE-BE; none: open then too; empty: as the company)
transfer-to = Put urgent callers through to
file-keep-up = If the company is set up from a file on the server (fernamt apply), the change belongs there too: “Company file” shows it as it stands now.
rules = Rules
rules-explained = An empty field means: as usual.
policy-min-notice-minutes = Notice (minutes)
policy-max-horizon-days = How far ahead (days)
policy-change-until-hours = Change and call off until (hours before)
policy-hold-minutes = Keep a slot for (minutes, 0: not at all)
policy-alternatives-max = Offers at a time
policy-callback-within-minutes = Promise a callback within (minutes of opening time)
policy-open-appointments-max = Appointments ahead per customer, at most
policy-holds-max = Slots kept per call, at most
policy-identity-tries-max = Tries per call to show who it is
policy-identity-tries-a-day-max = Tries per number within 24 hours
policy-require-confirmation = Read back and wait for a yes before booking
policy-calcom-reservation = Hide kept slots from the website as well
policy-customer-hints = Known customers: tell their usual service and time
policy-test-mode = Test mode: write nothing into the calendar
policy-booking-moment = When it is booked
policy-booking-moment-call-end = after the call
policy-booking-moment-in-call = during the call
policy-caller-id = How callers show who they are
policy-caller-id-match = number
policy-caller-id-match-and-name = number and name
policy-caller-id-code = code
policy-agent-name = What the agent calls itself
policy-emergency-sentence = What is said in an emergency
policy-emergency-words = Emergency words (one a line)
policy-urgent-words = Words for what is urgent (one a line)
file-explained = See the plan first, then save. Keys are shown as references only; as long as one stays, the key stays.
file-read-only = Whoever runs the platform can change the file.
file-plan = See the plan
file-would-change = What would change
notice-paused = The branch is paused.
notice-resumed = The branch takes appointments again.
notice-test-mode-on = Test mode: nothing is written into the calendar.
notice-test-mode-off = Test mode has ended.
notice-ai-told = Fernamt now writes the prompt, which tells of the AI. It takes effect with a deployment.
notice-number-adopted = The number is entered.
notice-branch-changed = The branch is changed.
notice-rules-changed = The rules are saved.
notice-file-applied = The company is now as the file says.

## People and tokens
people-sign-in = Who may sign in
people-none = Nobody yet.
role = Role
since-when = Since
user-enter = Enter a person
user-enabled = may sign in
user-disabled = disabled
user-enable = Enable
user-disable = Disable
role-companies = Platform: tick none, it sees all. Agency: one or more. Otherwise exactly one.
tokens = Tokens for programs
tokens-none = None yet.
token = Token
token-make = Make a token
token-made = Token “{ $it }”
token-once = It is shown only now. Copy it to where it is needed.
token-valid = valid
token-revoked = revoked
token-revoke = Revoke
token-revoke-now = Yes, revoke
notice-user-entered = The person is entered.
notice-user-password = The password is changed; that ends their sessions.
notice-user-disabled = The person is disabled.
notice-user-enabled = The person may sign in again.
notice-token-revoked = The token is revoked.

## Deliveries
whichever = any
event = Event
route = Way
number = Number
call = Call
repeats = Repeats
deliveries-none = No deliveries.
delivery = Delivery
arrival-taken = taken in
arrival-kept = kept
arrival-answered = answered
arrival-repeated = repetition
arrival-unknown-number = unknown number
arrival-no-call-id = without a call
arrival-taken-in = taken in
route-retell = webhook
route-inbound = inbound call
route-function = function
route-calcom = Cal.com
route-get-call = asked at Retell
headers = Headers
body = Body
body-gone = It is not kept any more.
take-in-again = Take it in again
take-in-again-explained = It goes the same way through the house as the first time; what is known already changes nothing.
notice-replayed = Taken in: the call has moved on.
notice-replayed-unchanged = What it says was known already; nothing has changed.

## Analytics
analytics-funnel = From call to booking
analytics-outcomes = What came of calls, by day
analytics-reasons = Why people are to be called back, by day
analytics-hours = Calls by hour
analytics-functions = Times of functions
analytics-places = By branch
analytics-none = There was nothing in this time.
numbers-below = Numbers
figure-calls = Calls
figure-answered = answered
figure-booked = booked
figure-moved = moved
figure-cancelled = called off
figure-callbacks = Callbacks
figure-minutes = Minutes
figure-cost = Cost
figure-after-hours = out of hours
funnel-step = Step
funnel-served = something came of it
funnel-booked = with a booking
share = Share
day = Day
hour = Hour
function = Function
times-called = Calls
from-day = From
to-day = To
call-outcome-promised = promised
call-outcome-booked = booked
call-outcome-pending = to be confirmed
call-outcome-failed = failed
call-outcome-cancelled = called off
call-outcome-changed = moved
call-outcome-callback = callback
call-outcome-withdrawn = withdrawn
call-outcome-abandoned = abandoned
call-outcome-nothing = without a result
call-outcome-open = open
call-outcome-imported = imported
