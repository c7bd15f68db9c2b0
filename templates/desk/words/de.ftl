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
