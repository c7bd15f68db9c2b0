# Alles, was die Seiten sagen. Dieselben Schlüssel stehen in en.ftl; ein Test vergleicht beide.

## Rahmen
skip = Zum Inhalt springen
places = Bereiche
company = Firma
all-companies = Alle Firmen
show = Anzeigen
logout = Abmelden
back-to-today = Zur Übersicht
pager-label = Weitere Seiten
pager-next = Weitere Einträge

place-today = Heute
place-calls = Anrufe
place-callbacks = Rückrufe
place-bookings = Buchungen
place-setup = Einrichtung
place-retell = Retell
place-analytics = Auswertung
place-people = Personen
place-deliveries = Zustellungen
place-audit = Protokoll
place-password = Eigenes Passwort

role-platform-admin = Plattform
role-agency = Agentur
role-company-admin = Verwaltung
role-staff = Empfang
role-agent = Sprachassistent

weekday-1 = Mo.
weekday-2 = Di.
weekday-3 = Mi.
weekday-4 = Do.
weekday-5 = Fr.
weekday-6 = Sa.
weekday-7 = So.
month-1 = Jan.
month-2 = Feb.
month-3 = März
month-4 = Apr.
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = Aug.
month-9 = Sep.
month-10 = Okt.
month-11 = Nov.
month-12 = Dez.

## Wenn etwas nicht geht
trouble-400 = Das war so nicht zu lesen
trouble-403 = Das ist hier nicht erlaubt
trouble-404 = Das gibt es hier nicht
trouble-409 = Das geht so gerade nicht
trouble-429 = Einen Moment, bitte
trouble-503 = Gerade nicht erreichbar
trouble-other = Das hat nicht geklappt

## Anmelden
login-title = Anmelden
login = Anmelden
login-refused = E-Mail oder Passwort stimmt nicht. Nach vielen falschen Versuchen ist ein Konto eine Weile gesperrt.
email = E-Mail
password = Passwort
password-title = Eigenes Passwort ändern
password-explained = Mindestens 12 Zeichen. Alle anderen Anmeldungen enden damit.
password-old = Bisheriges Passwort
password-new = Neues Passwort
password-change = Passwort ändern
password-refused = Das bisherige Passwort stimmt nicht, oder das neue hat weniger als 12 Zeichen.
notice-password-changed = Das Passwort ist geändert.

## Was überall vorkommt
state = Stand
name = Name
phone = Nummer
reason = Grund
service = Leistung
appointment = Termin
due-until = Bis
since = seit { $it }
held = gehalten: { $it }
caller-withheld = Nummer unterdrückt
nobody-named = ohne Namen

## Heute
today-wrong = Jetzt nicht in Ordnung
today-breaker = Kalender-Leitung von { $it }
today-all-well = Nichts zu beanstanden.
today-unsure = { $it }: Buchung wird bei Cal.com gesucht
today-companies = Firmen auf einen Blick
today-companies-explained = Zahlen seit Mitternacht; Zusagen ohne Buchung der letzten 24 Stunden. Wo etwas klemmt, steht oben.
bookings-today = Buchungen heute
bookings-failed = davon gescheitert
callbacks-open = Rückrufe offen
callbacks-overdue = davon überfällig
promises-broken = Zusagen ohne Buchung
calendar = Kalender
see-all = Alle anzeigen
today-live = Gerade am Telefon
today-no-call = Gerade telefoniert niemand.
today-due = Rückrufe
today-overdue =
    { $n ->
        [one] Ein Rückruf ist überfällig.
       *[other] { $n } Rückrufe sind überfällig.
    }
today-no-callback = Niemand wartet auf einen Rückruf.
today-bookings = Neueste Buchungen
today-no-booking = Noch keine Buchung.

## Stände
booking-waiting = wartet
booking-sent = unterwegs
booking-unsure = ungewiss
booking-booked = gebucht
booking-pending = zu bestätigen
booking-refused = abgelehnt
booking-failed = gescheitert
booking-cancelled = abgesagt
callback-open = offen
callback-unreachable = nicht erreicht
callback-done = erledigt
callback-overdue = überfällig
breaker-closed = in Ordnung
breaker-open = unterbrochen
breaker-half-open = wird geprüft
breaker-misconfigured = falsch eingerichtet
stage-open = im Gespräch
stage-held = vorgelesen
stage-confirmed = zugesagt
stage-withdrawn = zurückgenommen
stage-requested = beauftragt

## Listen
view = Ansicht
any = alle
filter = Filtern
branch = Filiale
note = Notiz
save = Speichern
me = ich
to-call = Zum Anruf
to-booking = Zur Buchung
times =
    { $n ->
        [one] einmal
       *[other] { $n }-mal
    }
due-now = jetzt fällig
due-minutes =
    { $n ->
        [one] fällig in einer Minute
       *[other] fällig in { $n } Minuten
    }
due-hours =
    { $n ->
        [one] fällig in einer Stunde
       *[other] fällig in { $n } Stunden
    }
due-days =
    { $n ->
        [one] fällig morgen
       *[other] fällig in { $n } Tagen
    }
late-minutes =
    { $n ->
        [one] seit einer Minute überfällig
       *[other] seit { $n } Minuten überfällig
    }
late-hours =
    { $n ->
        [one] seit einer Stunde überfällig
       *[other] seit { $n } Stunden überfällig
    }
late-days =
    { $n ->
        [one] seit gestern überfällig
       *[other] seit { $n } Tagen überfällig
    }

## Rückrufe
worklist-todo = Zu erledigen
worklist-overdue = Überfällig
worklist-unreachable = Nicht erreicht
worklist-done = Erledigt
worklist-all = Alle
callbacks-none-done = Noch nichts erledigt.
callbacks-of-all-calls = Rückrufe aller Anrufe
callback-wished = Gewünscht
callback-settled = Erledigt
callback-owner = Kümmert sich
callback-tries = Nicht erreicht
urgent = dringend
call-number = { $it } anrufen
act-take = Übernehmen
act-release = Abgeben
act-done = Erledigt
act-unreachable = Nicht erreicht
act-reopen = Wieder öffnen
act-note = Notiz
notice-callback-taken = Du kümmerst dich um diesen Rückruf.
notice-callback-released = Der Rückruf ist wieder frei.
notice-callback-done = Der Rückruf ist erledigt.
notice-callback-unreachable = Ein weiterer Versuch ist gezählt.
notice-callback-open = Der Rückruf ist wieder offen.
notice-callback-noted = Die Notiz ist gespeichert.

## Listen, weiter
day-from = Von
day-to = Bis
filter-none = Alles zeigen
nothing-fits = Nichts passt zu dieser Auswahl.
outcome = Ergebnis
caller = Anrufer
staff = Wer
what = Was
result = Ergebnis
when = Wann
duration = Dauer

## Anrufe
calls-none = Noch kein Anruf.
only-live = nur laufende
call-live = am Telefon
call-ended = wird ausgewertet
call-of = Anruf vom { $it }
call-began = Beginn
call-lasted = Dauer
call-ending = Ende
call-cost = Kosten
call-answer = Antwortzeit (Median)
call-retell-id = Retells Kennung
call-facts = Eckdaten
call-so-far = Bisher gesagt
call-timeline = Ablauf
minutes = { $it } min
to-all-calls = Alle Anrufe
transcript = Mitschrift
transcript-none = Keine Mitschrift vorhanden, oder nicht mehr.
came-again =
    { $n ->
        [one] kam noch einmal
       *[other] kam noch { $n }-mal
    }
appointment-number = Termin { $n }
outcome-promised = zugesagt
outcome-booked = gebucht
outcome-pending = zu bestätigen
outcome-failed = gescheitert
outcome-cancelled = abgesagt
outcome-changed = geändert
outcome-callback = Rückruf
outcome-withdrawn = doch nicht
outcome-abandoned = ohne Zusage
outcome-nothing = kein Anliegen
phase-live = Gespräch läuft
phase-ended = Gespräch beendet, noch offen
phase-settled = abgeschlossen
ending-user-hangup = Anrufer hat aufgelegt
ending-agent-hangup = Assistent hat aufgelegt
ending-call-transfer = weitergeleitet
ending-transfer-bridged = weitergeleitet
ending-inactivity = niemand sprach mehr
ending-max-duration-reached = längste Dauer erreicht
ending-voicemail-reached = Anrufbeantworter
ending-dial-busy = besetzt
ending-dial-failed = Anwahl gescheitert
ending-dial-no-answer = nicht abgenommen
ending-user-declined = abgelehnt
ending-not-connected = nie verbunden
ending-concurrency-limit-reached = zu viele Gespräche zugleich
ending-no-valid-payment = Retell-Konto ohne Zahlungsmittel
ending-error-llm-websocket-lost-connection = Leitung abgerissen
ending-error-unknown = Leitung abgerissen
ending-error-retell = Störung bei Retell
ending-error-no-audio-received = kein Ton
ending-error-asr = Spracherkennung gestört

## Was aus einem Anruf wurde
verdict-title = Was daraus wurde
verdict-at-length = Ausführlich (englisch)
verdict-live = Das Gespräch läuft noch
verdict-waits = Das Gespräch ist beendet und wird noch ausgewertet
verdict-last-answer = zuletzt: { $it }
agreed-said = der Anrufer hat zum Vorgelesenen ja gesagt
agreed-in-variables = das Ja stand in den Variablen des Anrufs
agreed-not-needed = der Wunsch war vollständig, ein Ja ist hier nicht nötig
agreed-at-the-desk = am Empfang eingetragen
verdict-booking-waiting = { $it }: zugesagt, wird gebucht
verdict-booking-sent = { $it }: wird gerade gebucht
verdict-booking-unsure = { $it }: ungewiss, ob die Buchung steht
verdict-booking-booked = { $it }: gebucht
verdict-booking-pending = { $it }: angefragt, im Kalender zu bestätigen
verdict-booking-refused = { $it }: nicht gebucht, der Kalender hat abgelehnt
verdict-booking-failed = { $it }: nicht gebucht, aufgegeben
verdict-booking-cancelled = { $it }: steht nicht mehr
verdict-call-back = Rückruf bis { $it }
verdict-called-back = zurückgerufen ({ $it })
verdict-promised = Zugesagt, aber nicht unter den Buchungen
verdict-changed = Ein bestehender Termin wurde geändert
verdict-callback = Nichts gebucht, jemand ruft zurück
verdict-withdrawn = Nichts gebucht: der Anrufer wollte am Ende nicht
verdict-abandoned = Nichts gebucht: das Gespräch endete vor einer Zusage
verdict-nothing = Nichts gebucht: es wurde kein Termin gewünscht

## Der Ablauf eines Anrufs
line-event = Ereignis
line-function = Funktion
line-calcom = Cal.com
line-delivery = Webhook
line-booking = Buchung
line-callback = Rückruf
line-arguments = Argumente
line-answer = Antwort
line-asked = Anfrage
line-promised = zugesagt, im Auftragsbuch
line-booking-stands = steht jetzt
line-callback-due = Rückruf vereinbart
event-began = Anruf beginnt
event-entered-at-desk = am Empfang eingetragen
event-started = Retell meldet den Anfang
event-branch-chosen = Filiale gewählt
event-heard = gehört
event-unsaid = gilt nicht mehr
event-offered = angeboten
event-chosen = Zeit gehalten
event-not-seen-free = Kalender antwortete nicht
event-dropped = Zeit losgelassen
event-read-back = vorgelesen
event-confirmed = zugesagt
event-withdrawn = abgelehnt
event-answered = Funktion beantwortet
event-callback-noted = Rückruf notiert
event-unfounded = Zusage ohne Grundlage
event-ended = Gespräch zu Ende
event-analyzed = Auswertung von Retell
event-identified = Anrufer erkannt
event-not-identified = Anrufer nicht erkannt
event-named = von Terminen gesprochen
event-will-come = kommt zum Termin
event-requested = Buchung beauftragt
event-resumed = knüpft an einen Anruf an
event-taken-over = in neuem Anruf fortgesetzt
event-changing = soll geändert werden
event-changed = Änderung
event-asked-to-drop = Nachfrage vor dem Streichen
event-missed = Zeit verpasst, Wunsch bleibt
event-settled = abgeschlossen
ended-hung-up = aufgelegt
ended-analyzed = an der Auswertung erkannt
ended-asked = bei Retell nachgefragt
ended-unreported = nie gemeldet
ended-imported = nachträglich übernommen
yes-said = mit Ja
yes-in-variables = Ja aus den Variablen
yes-not-needed = kein Ja nötig
yes-at-the-desk = am Empfang
came-done = gemacht
came-failed = nicht gelungen
came-gone = nichts mehr zu ändern
came-left-to-it = läuft noch
delivery-taken = verarbeitet
delivery-kept = aufbewahrt
delivery-answered = beantwortet
delivery-repeated = wiederholt
delivery-unknown-number = Nummer unbekannt
delivery-no-call-id = ohne Kennung

## Was Funktionen antworten
answer-available = Zeiten genannt
answer-unavailable = Zeit nicht frei
answer-clarify = unklar, nachgefragt
answer-unknown-service = Leistung unbekannt
answer-closed = geschlossen
answer-past = Zeit vorbei
answer-too-soon = zu kurzfristig
answer-too-far = zu weit voraus
answer-calendar-unreachable = Kalender nicht erreichbar
answer-identity-needed = wer anruft, ist offen
answer-found = Termine gefunden
answer-none = keine Termine
answer-which-one = welcher Termin?
answer-not-found = nicht gefunden
answer-incomplete = Angaben fehlen
answer-held = vorgelesen und gehalten
answer-confirmed = zugesagt
answer-booked = gebucht
answer-requested = angefragt
answer-withdrawn = zurückgenommen
answer-slot-taken = war schneller vergeben
answer-noted = notiert
answer-working = in Arbeit
answer-services = Leistungen genannt
answer-hours = Zeiten der Filiale genannt
answer-callback-noted = Rückruf notiert
answer-changed = geändert
answer-confirm-cancel = Absage vorgelesen
answer-cancelled = abgesagt
answer-not-allowed = am Telefon nicht möglich
answer-emergency = Notfall
answer-unknown-number = Nummer unbekannt
answer-unknown-function = Funktion unbekannt
answer-invalid = nicht lesbar
answer-trouble = Störung

## Warum der Kalender nicht wollte
code-bad-key = Cal.com nimmt den Schlüssel nicht an
code-out-of-bounds = außerhalb des Zeitraums, den Cal.com erlaubt
code-past = die Zeit ist vorbei
code-limit-reached = Obergrenze der Buchungen erreicht
code-unknown-event-type = Termintyp bei Cal.com unbekannt
code-event-type-misconfigured = Termintyp ist bei Cal.com falsch eingerichtet
code-field-missing = dem Formular bei Cal.com fehlt eine Angabe
code-malformed = Cal.com konnte die Anfrage nicht lesen
code-unknown-booking = Buchung bei Cal.com unbekannt
code-already-cancelled = war schon abgesagt
code-refused = Cal.com hat abgelehnt
code-slot-taken = die Zeit ist nicht mehr frei
code-not-available = die Zeit ist nicht mehr frei
code-not-available-after-resend = die Zeit ist nicht mehr frei, vielleicht durch diese Buchung selbst
code-foreign-booking-returned = Cal.com nannte eine fremde Buchung
code-throttled = Anfragen dieser Minute sind verbraucht
code-connection-refused = Verbindung abgelehnt
code-connect-timed-out = keine Verbindung
code-no-address = Cal.com ist nicht zu finden
code-not-connected = keine Verbindung
code-race = zwei Buchungen trafen sich
code-already-there = dort steht schon eine Buchung
code-already-moved = war schon verlegt
code-after-insert = Störung nach dem Speichern
code-server-error = Störung bei Cal.com
code-timed-out = keine Antwort zur Zeit
code-broken = Verbindung riss ab
code-unreadable = Antwort nicht lesbar
code-unknown-text = unbekannte Antwort
code-restarted = Programm wurde neu gestartet
code-breaker-open = Leitung unterbrochen
code-test-mode = Testbetrieb: nichts wird bei Cal.com gebucht

## Buchungen und Kalender
calendars = Kalender
unsure-first = Ungewisse zuerst
bookings-unsure = Ungewiss
bookings-unsure-explained = Bei diesen weiß niemand, ob sie im Kalender stehen; sie werden gesucht.
to-all-bookings = Alle Buchungen
booking-changing = Wird geändert
booking-surplus = Im Kalender zu viel
booking-attempts = Versuche
booking-made = Zugesagt
booking-moved = Zuletzt bewegt
booking-requests = Anfragen an den Kalender
booking-no-request = Noch nichts abgeschickt.
booking-acts = Eingreifen
booking-retry = Noch einmal versuchen
booking-cancel = Absagen …
cancel-ask = Diesen Termin wirklich absagen?
cancel-explained = Er wird auch bei Cal.com abgesagt. Das lässt sich nicht zurücknehmen.
cancel-yes = Ja, absagen
cancel-no = Nein, behalten
booking-retry-refused = Nicht möglich: die Zeit ist vergeben oder vorbei, oder es gibt nichts zu wiederholen.
booking-cancel-refused = Nicht möglich: der Termin steht nicht mehr oder wird gerade geändert.
notice-booking-retried = Die Buchung wird noch einmal versucht.
notice-booking-cancelled = Die Absage ist auf dem Weg.
attempt-create = Buchen, Versuch
attempt-move = Verlegen, Versuch
attempt-cancel = Absagen, Versuch
attempt-look = Nachsehen, Nr.
attempt-under-way = läuft
result-created = angelegt
result-done = gemacht
result-definite-no = abgelehnt
result-not-executed = nicht ausgeführt
result-not-available = nicht mehr frei
result-doubt = ungewiss
calendar-lines = Leitungen zu Cal.com
calendar-lines-explained = Antwortet Cal.com nicht, ruht die Leitung eine Weile; nichts geht verloren.
calendar-no-line = Kein Kalender ist angeschlossen.
calendar-queues = Warteschlangen
calendar-none = Kein Kalender ist eingerichtet.
queue-oldest = Älteste
queue-in-flight = Unterwegs
queue-waits = wartet bis
queue-last = Zuletzt
breaker-failures = { $n } Fehler
breaker-opens = { $n }-mal unterbrochen
breaker-again = wieder um
breaker-reset = Zurücksetzen
notice-breaker-reset = Die Leitung ist zurückgesetzt.

## Nachspielen
replay = Nachspielen
replay-of = Nachgespielt: Anruf vom { $it }
replay-explained = Jeder Schritt geht noch einmal durch das Programm von heute, mit den Einstellungen von heute. Nichts wird gebucht, gefragt oder gespeichert; was der Kalender damals zeigte, ist dem Ablauf entnommen.
replay-same = wie damals
replay-other = heute anders
replay-unknown = nicht zu sagen
replay-hangs-on-customer = hängt daran, wer bekannt war
replay-hangs-on-booking = hängt an der Antwort des Kalenders
replay-hangs-on-earlier = hängt am Anruf davor
replay-none = Von diesem Anruf ist kein Ablauf vorhanden.
replay-step = Schritt { $n }
replay-happened = Was geschah
replay-state = Stand danach
replay-then = Antwort damals
replay-today = Antwort heute

## Warum jemand zurückzurufen ist
reason-callers-wish = Wunsch des Anrufers
reason-cut-off = Gespräch brach nach dem Vorlesen ab
reason-unclear-wish = Zusage, aber unklar wozu
reason-late-yes = Zusage kam zu spät ans Licht
reason-never-reported = Ende des Gesprächs wurde nie gemeldet
reason-slot-taken = Zeit war inzwischen vergeben
reason-booking-refused = Kalender hat abgelehnt
reason-booking-unsure = Buchung ist ungewiss
reason-calendar-unreachable = Kalender nicht erreichbar
reason-change-failed = Änderung hat nicht geklappt
reason-booked-twice = Steht doppelt im Kalender
reason-change-not-allowed = Änderung am Telefon nicht möglich
reason-promise-without-booking = Zusage ohne Buchung
reason-unidentified = Anrufer nicht sicher erkannt

## Meldungen
alert-booking-failed = Buchung gescheitert
alert-promise-without-booking = Zusage ohne Buchung
alert-calendar-differs = Kalender weicht ab
alert-unknown-booking = Unbekannte Buchung bei Cal.com

## Protokoll
at = Wann
audit-who = Wer
audit-action = Was
audit-all = Alles
audit-subject = Worüber
audit-detail = Genaueres
audit-none = Noch kein Eintrag.
audit-explained = Wer etwas geändert oder gelesen hat, was ein Anrufer sagte; das Neueste zuerst.
who-system = Das Haus selbst
who-nobody = Unbekannt
who-hidden = Außerhalb dieser Firma
audit-signed-in = Angemeldet
audit-sign-in-refused = Anmeldung abgewiesen
audit-signed-out = Abgemeldet
audit-password-changed = Eigenes Passwort geändert
audit-call-read = Gespräch gelesen
audit-user-made = Person angelegt
audit-user-changed = Person geändert
audit-token-made = Token gemacht
audit-token-revoked = Token widerrufen
audit-company-applied = Firma eingerichtet
audit-callback-changed = Rückruf bearbeitet
audit-booking-retried = Buchung erneut versucht
audit-booking-cancelled = Buchung abgesagt
audit-appointment-entered = Termin eingetragen
audit-appointment-moved = Termin verschoben
audit-appointment-cancelled = Termin abgesagt
audit-appointment-confirmed = Termin bestätigt
audit-breaker-reset = Kalender-Leitung freigegeben
audit-delivery-replayed = Zustellung wiederholt
audit-agents-changed = Sprachassistent geändert
audit-key-replaced = Schlüssel ersetzt
audit-deployed = Bei Retell eingerichtet
audit-rolled-back = Bei Retell zurückgenommen
audit-calls-imported = Anrufe übernommen
subject-user = Person
subject-token = Token
subject-call = Anruf
subject-booking = Buchung
subject-callback = Rückruf
subject-account = Konto
subject-delivery = Zustellung
subject-company = Firma
subject-deployment = Einrichtung
## Über mehrere Seiten
choose-company = Um welche Firma geht es?
no-company = Noch keine Firma.
no-branch = Die Firma hat noch keine Filiale.
one-branch = Filiale
branches = Filialen
all-branches = Alle Filialen
yes = ja
no = nein
on = an
off = aus
keep = Speichern
back = Zurück
action = Aktion
time = Zeit
language = Sprache
not-set = nicht gesetzt
not-known = unbekannt
needed = immer nötig
notes = Hinweise
by-whom = Von
changed-last = Zuletzt geändert:
language-de = Deutsch
language-en = Englisch

## Retell
retell-tab-webhook = Webhook
retell-tab-functions = Funktionen
retell-tab-prompt = Prompt
retell-tab-deployments = Ausrollen
counts-after-deployment = Gilt für Anrufer ab dem nächsten Ausrollen.
webhook-addresses = Adressen
webhook-addresses-explained = Ausrollen trägt sie bei Retell ein. Wer das von Hand tut, nimmt sie von hier.
webhook-url = Webhook der Agenten
inbound-url = Webhook der Rufnummern (eingehende Anrufe)
webhook-test = Test
webhook-test-now = Jetzt testen
webhook-test-explained = Schickt ein signiertes Ereignis über die öffentliche Adresse und sieht nach, ob es ankommt.
webhook-test-never = noch nie getestet
webhook-test-success = angekommen
webhook-test-failed = nicht angekommen
signing-key = Signaturschlüssel
signing-key-is = Schlüssel
signing-key-comes-from = Gesetzt als
previous-key-until = Der vorige gilt noch bis
previous-key = Voriger Schlüssel
previous-key-in-file = steht in der Firmendatei und gilt, bis er dort nicht mehr steht
key-replace = Schlüssel ersetzen
key-replace-explained = Retell signiert mit dem API-Schlüssel, der dort das Webhook-Zeichen trägt. Erst hier eintragen, dann das Zeichen bei Retell umsetzen; solange gelten beide.
key-new = Neuer Schlüssel
key-previous-hours = Der bisherige gilt noch (Stunden, höchstens 720)
agents = Agenten, wie Retell sie hat
agent = Agent
version = Version
published = Veröffentlicht
tells-us = Meldet an diesen Server
webhook-events = Ereignisse
webhook-events-explained = Was Retell meldet
webhook-timeout = Wie lange Retell auf eine Annahme wartet (Millisekunden)
event-call-started = Anruf begonnen
event-call-ended = Anruf beendet
event-call-analyzed = Anruf ausgewertet
event-transcript-updated = Mitschrift fortgeschrieben
event-transfer-started = Weiterleitung begonnen
event-transfer-bridged = Weiterleitung verbunden
event-transfer-cancelled = Weiterleitung abgebrochen
event-transfer-ended = Weiterleitung beendet
functions = Funktionen der Agenten
texts = Texte und Wartezeit
switch-on = Einschalten
switch-off = Ausschalten
back-to-usual = Zurück zum Üblichen
function-description = Wann der Agent sie aufruft
function-speak = Was er dabei sagt (leer: nichts)
function-timeout = Wie lange Retell auf die Antwort wartet (Millisekunden)
function-parameters = Angaben
function-check-availability = Freie Zeiten suchen
function-collect-appointment = Termin aufnehmen
function-change-appointment = Termin verschieben
function-cancel-appointment = Termin absagen
function-find-appointments = Termine finden
function-confirm-appointment = Termin bestätigen
function-request-callback = Rückruf aufnehmen
function-list-services = Leistungen nennen
function-opening-hours = Öffnungszeiten nennen
prompt-settings = Was die Firma festlegt
prompt-author = Wer schreibt den Prompt?
prompt-ours = Fernamt: Ausrollen ersetzt den Prompt bei Retell
prompt-theirs = Jemand bei Retell: Ausrollen lässt ihn, wie er ist
trade = Branche
trade-general = Allgemein
trade-salon = Salon
trade-practice = Praxis
trade-workshop = Werkstatt
prompt-recording = Hinweis auf Aufzeichnung, wörtlich nach der Begrüßung
prompt-extra = Eigene Anweisungen am Ende
prompt-preview = Vorschau
deploy-agents = Agenten
deploy-explained = Der Plan zeigt, was sich bei Retell ändern würde. Geschrieben wird erst nach der Bestätigung; was vorher dort stand, wird aufgehoben.
no-agent = kein Agent eingetragen
plan-show = Plan ansehen
plan-of = Plan für { $it }
plan-empty = Alles ist schon so, wie es sein soll.
plan-remove-legacy = Auch alte Cal.com-Werkzeuge wegnehmen, die Retell nicht mehr annimmt
diff-before = bisher:
diff-after = dann:
deploy-now = Ausrollen
not-now = Nicht jetzt
deploy-history = Bisherige
deploy-none = Von hier wurde noch nichts ausgerollt.
deploy-undoing = Rücknahme
what-came-of-it = Was daraus wurde
rollback = Zurücknehmen
rollback-now = Ja, zurücknehmen
area-agent = Agent
area-function = Funktion
area-prompt = Prompt
area-number = Nummer
outcome-nothing-to-change = nichts zu ändern
outcome-done = fertig
outcome-as-before = abgebrochen, wie vorher
outcome-as-wanted = wirkt, Rest offen
outcome-mixed = teils, teils
outcome-unknown = ungewiss
outcome-under-way = läuft
notice-webhook-changed = Ereignisse und Wartezeit sind gespeichert.
notice-key-replaced = Der neue Schlüssel gilt. Jetzt das Webhook-Zeichen bei Retell umsetzen und ihn in die Firmendatei schreiben.
notice-webhook-arrived = Das Ereignis ist angekommen.
notice-function-on = Die Funktion ist eingeschaltet.
notice-function-off = Die Funktion ist ausgeschaltet.
notice-function-usual = Es gelten wieder die üblichen Texte.
notice-function-changed = Die Texte sind gespeichert.
notice-prompt-changed = Der Prompt ist gespeichert.
notice-deployed = Ausgerollt: Der Agent antwortet jetzt so, wie er soll.
notice-rolled-back = Zurückgenommen: Der Agent antwortet wieder wie zuvor.
notice-nothing-to-change = Es war nichts zu ändern.

## Einrichtung
setup-tab-check = Prüfung
setup-tab-branches = Filialen
setup-tab-rules = Regeln
setup-tab-file = Firmendatei
setup-light = Bereit für Anrufe?
setup-offline = So, wie es in den Büchern steht. In einer Firma werden auch Retell und Cal.com gefragt.
look-again = Noch einmal prüfen
companies = Firmen
switches = Schalter
light-red = Rot
light-yellow = Gelb
light-green = Grün
test-mode = Testbetrieb
test-mode-explained = Anrufe werden angenommen, aber nichts wird in den Kalender geschrieben.
test-mode-begin = Testbetrieb beginnen
test-mode-end = Testbetrieb beenden
paused = pausiert
paused-branches =
    { $n ->
        [one] eine Filiale pausiert
       *[other] { $n } Filialen pausiert
    }
paused-explained = Pausiert: Anrufern wird gesagt, dass gerade keine Termine vergeben werden
takes-appointments = nimmt Termine an
pause = Pausieren
resume = Wieder annehmen
findings = Was zu tun ist
findings-none = Nichts zu tun.
findings-green =
    { $n ->
        [one] Ein Punkt in Ordnung
       *[other] { $n } Punkte in Ordnung
    }
mend-deploy = Plan ansehen und ausrollen
mend-hours = Zeiten eintragen
mend-ai = KI-Hinweis einschalten
check-house = Server
check-retell = Retell
check-number = Nummer
check-agent = Agent
check-function = Funktion
check-branch = Filiale
check-account = Cal.com-Konto
check-service = Leistung
check-calendar = Kalender
check-policy = Regel
check-rehearsal = Probeanruf
unknown-numbers = Unbekannte Nummern, die geklingelt haben
unknown-none = Keine.
unknown-rang =
    { $n ->
        [one] einmal
       *[other] { $n } Mal
    }
belongs-to = gehört zu …
enter = Eintragen
numbers = Nummern
hours = Öffnungszeiten
services = Leistungen
minutes-long = Minuten
synonyms = Auch genannt
offers = Wer · Kalender · Event-Typ
anybody = wer frei ist
not-bookable = noch nicht buchbar
branch-change = Zeiten und Angaben ändern
special-hours = Tage mit eigenen Zeiten (eine Zeile je Tag)
closures = Geschlossen (eine Zeile je Tag oder Zeitraum)
holidays = Feiertage (Region wie DE-BE; none: auch dann offen; leer: wie die Firma)
transfer-to = Dringendes weiterleiten an
file-keep-up = Wird die Firma auf dem Server aus einer Datei eingerichtet (fernamt apply), gehört die Änderung auch dort hinein: Die Datei unter „Firmendatei“ zeigt den jetzigen Stand.
rules = Regeln
rules-explained = Ein leeres Feld heißt: wie üblich.
policy-min-notice-minutes = Vorlauf (Minuten)
policy-max-horizon-days = Wie weit im Voraus (Tage)
policy-change-until-hours = Ändern und absagen bis (Stunden vorher)
policy-hold-minutes = Vorgemerkt halten (Minuten, 0: gar nicht)
policy-alternatives-max = Angebote auf einmal
policy-callback-within-minutes = Rückruf zusagen binnen (Minuten Öffnungszeit)
policy-open-appointments-max = Offene Termine je Kunde, höchstens
policy-holds-max = Vorgemerkte Termine je Anruf, höchstens
policy-identity-tries-max = Versuche je Anruf, sich auszuweisen
policy-identity-tries-a-day-max = Versuche je Nummer in 24 Stunden
policy-require-confirmation = Vor dem Buchen vorlesen und ein Ja abwarten
policy-calcom-reservation = Vorgemerktes auch für die Webseite sperren
policy-customer-hints = Bekannte Kunden: übliche Leistung und Zeit nennen
policy-test-mode = Testbetrieb: nichts in den Kalender schreiben
policy-booking-moment = Wann gebucht wird
policy-booking-moment-call-end = nach dem Gespräch
policy-booking-moment-in-call = im Gespräch
policy-caller-id = Wie Anrufer sich ausweisen
policy-caller-id-match = Nummer
policy-caller-id-match-and-name = Nummer und Name
policy-caller-id-code = Code
policy-agent-name = Wie sich der Agent nennt
policy-emergency-sentence = Was im Notfall gesagt wird
policy-emergency-words = Notfallwörter (eines je Zeile)
policy-urgent-words = Wörter für Dringendes (eines je Zeile)
file-explained = Erst den Plan ansehen, dann speichern. Schlüssel zeigt die Datei nur als Verweis; bleibt er stehen, bleibt der Schlüssel.
file-read-only = Ändern kann die Datei, wer die Plattform verwaltet.
file-plan = Plan ansehen
file-would-change = Was sich ändern würde
notice-paused = Die Filiale ist pausiert.
notice-resumed = Die Filiale nimmt wieder Termine an.
notice-test-mode-on = Testbetrieb: Nichts wird in den Kalender geschrieben.
notice-test-mode-off = Der Testbetrieb ist beendet.
notice-ai-told = Fernamt schreibt jetzt den Prompt, der auf die KI hinweist. Zum Wirken noch ausrollen.
notice-number-adopted = Die Nummer ist eingetragen.
notice-branch-changed = Die Filiale ist geändert.
notice-rules-changed = Die Regeln sind gespeichert.
notice-file-applied = Die Firma ist jetzt, wie die Datei sagt.

## Personen und Zugänge
people-sign-in = Wer sich anmelden darf
people-none = Noch niemand.
role = Rolle
since-when = Seit
user-enter = Person eintragen
user-enabled = darf sich anmelden
user-disabled = gesperrt
user-enable = Entsperren
user-disable = Sperren
role-companies = Plattform: keine ankreuzen, sie sieht alle. Agentur: eine oder mehrere. Sonst genau eine.
tokens = Zugänge für Programme
tokens-none = Noch keiner.
token = Zugang
token-make = Zugang anlegen
token-made = Zugang „{ $it }“
token-once = Er wird nur jetzt gezeigt. Gleich dorthin kopieren, wo er gebraucht wird.
token-valid = gilt
token-revoked = widerrufen
token-revoke = Widerrufen
token-revoke-now = Ja, widerrufen
notice-user-entered = Die Person ist eingetragen.
notice-user-password = Das Passwort ist geändert; ihre Anmeldungen enden damit.
notice-user-disabled = Die Person ist gesperrt.
notice-user-enabled = Die Person darf sich wieder anmelden.
notice-token-revoked = Der Zugang ist widerrufen.

## Zustellungen
whichever = alle
event = Ereignis
route = Weg
number = Nummer
call = Anruf
repeats = Wiederholt
deliveries-none = Keine Zustellungen.
delivery = Zustellung
arrival-taken = verarbeitet
arrival-kept = aufgehoben
arrival-answered = beantwortet
arrival-repeated = Wiederholung
arrival-unknown-number = unbekannte Nummer
arrival-no-call-id = ohne Anruf
arrival-taken-in = verarbeitet
route-retell = Webhook
route-inbound = eingehender Anruf
route-function = Funktion
route-calcom = Cal.com
route-get-call = bei Retell nachgefragt
headers = Kopfzeilen
body = Inhalt
body-gone = Wird nicht mehr aufgehoben.
take-in-again = Noch einmal verarbeiten
take-in-again-explained = Geht denselben Weg durchs Haus wie beim ersten Mal; was schon bekannt ist, ändert nichts.
notice-replayed = Verarbeitet: Der Anruf ist dadurch weitergegangen.
notice-replayed-unchanged = Was darin steht, war schon bekannt; nichts hat sich geändert.

## Auswertung
analytics-funnel = Vom Anruf zur Buchung
analytics-outcomes = Was aus Anrufen wurde, je Tag
analytics-reasons = Warum zurückzurufen ist, je Tag
analytics-hours = Anrufe je Stunde
analytics-functions = Antwortzeiten der Funktionen
analytics-places = Je Filiale
analytics-none = In dieser Zeit war nichts.
numbers-below = Zahlen
figure-calls = Anrufe
figure-answered = angenommen
figure-booked = gebucht
figure-moved = verschoben
figure-cancelled = abgesagt
figure-callbacks = Rückrufe
figure-minutes = Minuten
figure-cost = Kosten
figure-after-hours = außerhalb der Zeiten
funnel-step = Schritt
funnel-served = etwas daraus geworden
funnel-booked = mit Buchung
share = Anteil
day = Tag
hour = Stunde
function = Funktion
times-called = Aufrufe
from-day = Von
to-day = Bis
call-outcome-promised = zugesagt
call-outcome-booked = gebucht
call-outcome-pending = zu bestätigen
call-outcome-failed = gescheitert
call-outcome-cancelled = abgesagt
call-outcome-changed = verschoben
call-outcome-callback = Rückruf
call-outcome-withdrawn = zurückgenommen
call-outcome-abandoned = abgebrochen
call-outcome-nothing = ohne Ergebnis
call-outcome-open = offen
call-outcome-imported = nachgetragen
