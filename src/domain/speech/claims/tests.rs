//! Tests of what counts as a claim: what agents say when something is done, and what only sounds like it.

use proptest::prelude::*;

use super::Claim::{Booked, Cancelled, Moved};
use super::*;

fn heard(text: &str) -> Vec<Claim> {
    of([text]).into_iter().collect()
}

const BOOKED: [&str; 68] = [
    "Ihr Termin ist gebucht.",
    "Super, Ihr Termin am Dienstag, den 20. Oktober, um 14 Uhr 30 ist gebucht.",
    "Perfekt, das habe ich eingetragen.",
    "Ich habe Sie für Dienstag, den 20. Oktober um 14:30 Uhr, eingetragen.",
    "Alles klar, gebucht!",
    "Kein Problem, der Termin ist eingetragen.",
    "Keine Sorge, schon eingetragen.",
    "Ihr Termin steht.",
    "Ihr Termin steht im Kalender, wir freuen uns.",
    "Der Termin ist fest.",
    "Der Termin wurde für Sie reserviert.",
    "Ich habe Ihnen den Termin um 9 Uhr reserviert.",
    "Ihr Termin ist bereits gebucht.",
    "Ich habe Ihren Termin bestätigt.",
    "Die Buchung ist abgeschlossen.",
    "Die Buchung hat geklappt.",
    "Damit haben Sie jetzt einen Termin bei Anna.",
    "Dann sehen wir uns am Dienstag um halb drei!",
    "Wir freuen uns auf Sie am Donnerstag.",
    "Wir erwarten Sie morgen um neun.",
    "Ihr Termin ist gebucht, kann ich sonst noch etwas für Sie tun?",
    "Ihr Termin ist gebucht, sonst noch etwas?",
    "Ihr Termin ist gebucht und wird Ihnen per Mail zugeschickt.",
    "Ihr Termin ist gebucht, falls sich etwas ändert, rufen Sie bitte an.",
    "Ihr Termin ist gebucht. Wenn Sie noch Fragen haben, melden Sie sich.",
    "Ich bestätige Ihnen, dass Ihr Termin gebucht ist.",
    "Gebucht.",
    "So, schon eingetragen.",
    "Ich habe Sie von 14 bis 15 Uhr eingetragen.",
    "Frau Dr. Muster hat Sie am 3. um zehn eingetragen.",
    "You're booked for nine thirty. Anything else?",
    "You’re booked for 2 p.m. Anything else?",
    "You're booked for nine thirty, anything else?",
    "Great, I've booked you in for Tuesday at two.",
    "I booked your haircut with Anna.",
    "Your appointment has been scheduled.",
    "Your appointment is confirmed.",
    "Your appointment is now confirmed for May 5th.",
    "I've put you down for Tuesday.",
    "I have got you down for Friday at 10.",
    "You're all set for Tuesday.",
    "Your booking is complete.",
    "No problem, you're already booked.",
    "See you on Tuesday at half past two!",
    "We look forward to seeing you tomorrow.",
    "Your appointment is booked, and if you have questions, just call us.",
    "It's booked, if anything changes please call us.",
    "Booked!",
    "Don't worry, the appointment has been reserved for you.",
    "Ihr Termin am Dienstag um 14 Uhr ist auf den Namen Müller gebucht.",
    "Ihr Termin ist unter Ihrem Namen eingetragen.",
    "Ich habe Sie mit Ihrer Telefonnummer eingetragen.",
    "Ich habe Sie mit Namen und Telefonnummer eingetragen.",
    "Ich habe Sie eingetragen und Ihre Telefonnummer notiert.",
    "Ihr Termin ist gebucht, Bestätigung per Mail.",
    "Ihr Termin ist gebucht, eine Nachricht folgt.",
    "Ihr Termin ist gebucht: Dienstag um 14 Uhr, Name Muster, Telefonnummer wie besprochen.",
    "Wir haben Sie für Dienstag eingetragen.",
    "Ich sage Ihnen, dass wir Sie eingetragen haben.",
    "Schön, dass wir uns am Dienstag sehen.",
    "I've booked you in under the name Miller.",
    "Your appointment on Tuesday is booked under the name Miller.",
    "You're booked, confirmation by email.",
    "I've gone ahead and booked you in.",
    "I've got you booked in for Tuesday.",
    "I have you scheduled for Friday at ten.",
    "I'm happy to say your appointment is booked.",
    "I've put you in for Tuesday at two.",
];

const CANCELLED: [&str; 11] = [
    "Ihr Termin ist storniert.",
    "Ich habe den Termin für Sie abgesagt.",
    "Ihr Termin am Montag wurde gelöscht.",
    "Alles klar, storniert.",
    "Der Termin ist damit aus dem Kalender gestrichen.",
    "I've cancelled your appointment.",
    "Your appointment has been canceled.",
    "Your booking was removed.",
    "Okay, cancelled.",
    "Der Termin auf den Namen Müller ist storniert.",
    "Your appointment under the name Miller has been cancelled.",
];

const MOVED: [&str; 10] = [
    "Ich habe Ihren Termin verschoben.",
    "Ihr Termin ist auf Donnerstag, den 22. Oktober, verschoben.",
    "Ich habe Sie auf 16 Uhr umgebucht.",
    "Ihr Termin wurde geändert.",
    "Erledigt, verschoben.",
    "I've rescheduled you to Thursday.",
    "Your appointment has been moved to Friday.",
    "I have changed your appointment.",
    "Your appointment has moved to Friday.",
    "Ihr Termin hat sich auf Freitag verschoben.",
];

const NOTHING: [&str; 101] = [
    "Ist der Termin gebucht?",
    "Haben Sie den Termin schon gebucht?",
    "Ihr Termin ist gebucht?",
    "Der Termin ist also gebucht, richtig?",
    "Soll ich das eintragen?",
    "Soll ich den Termin für Dienstag, den 20. Oktober, eintragen?",
    "Ist der Termin am Dienstag, den 20., gebucht?",
    "Ihr Termin ist noch nicht gebucht.",
    "Der Termin ist leider noch nicht eingetragen.",
    "Es ist noch nichts gebucht.",
    "Es wurde kein Termin gebucht.",
    "Ich habe Sie nicht eingetragen.",
    "Sobald der Termin gebucht ist, bekommen Sie eine Nachricht.",
    "Wenn Sie zusagen, ist der Termin gebucht.",
    "Wenn das passt, ist Ihr Termin damit fest gebucht.",
    "Der Termin ist gebucht, sobald Sie zusagen.",
    "Der Termin ist erst gebucht, wenn Sie Ja sagen.",
    "Falls Sie einverstanden sind, habe ich Sie gleich eingetragen.",
    "Bevor der Termin gebucht ist, brauche ich Ihren Namen.",
    "Der Termin wird gleich eingetragen.",
    "Ich werde Sie eintragen.",
    "Ich trage Sie ein.",
    "Ich kann Sie um 14 Uhr eintragen.",
    "Der Termin kann bis 24 Stunden vorher storniert werden.",
    "Der Termin könnte verschoben werden.",
    "Möchten Sie den Termin gebucht haben?",
    "Sie möchten, dass der Termin gebucht wird.",
    "14 Uhr ist leider schon gebucht.",
    "Um 14 Uhr ist Anna leider gebucht.",
    "Dieser Termin ist bereits gebucht.",
    "Am Dienstag sind wir komplett ausgebucht.",
    "Wir sind am Dienstag ausgebucht.",
    "Der Termin ist schon anderweitig reserviert.",
    "Um 15 Uhr ist jemand anderes eingetragen.",
    "Ich habe Ihren Namen eingetragen.",
    "Ich habe Ihre Telefonnummer notiert.",
    "Ich habe Ihren Rückrufwunsch vorgemerkt.",
    "Ich habe es notiert. Wir rufen Sie zurück, spätestens am Dienstag um 17 Uhr.",
    "Ich habe Ihren Terminwunsch vorgemerkt, wir melden uns bis 17 Uhr.",
    "Es stehen mehrere Termine zur Auswahl, der Termin um 14 Uhr steht zur Verfügung.",
    "Wann steht Ihr Termin an?",
    "Der Termin steht noch aus.",
    "Wir haben am Dienstag um 14 Uhr einen Termin frei.",
    "Einen Moment, ich schaue nach, ob der Termin gebucht ist.",
    "Wir freuen uns auf Ihren Besuch.",
    "Wir würden uns freuen, Sie am Dienstag zu sehen.",
    "Ich freue mich auf Ihren Rückruf morgen.",
    "In Ordnung, diesen Termin trage ich nicht ein. Kann ich sonst etwas für Sie tun?",
    "Gut, ich gebe das gleich nach unserem Gespräch weiter: Haarschnitt am Dienstag, 20. Oktober, 14 Uhr 30.",
    "Ich wiederhole: Haarschnitt am Dienstag, 20. Oktober, 14 Uhr 30, auf den Namen Erika Beispiel. Ist das so richtig?",
    "Guten Morgen, hier ist der Salon Morgenrot. Was kann ich für Sie tun?",
    "Die Nummer hat sich geändert.",
    "Sie hätten früher gebucht haben müssen.",
    "Gebucht?",
    "Is it booked?",
    "Have you booked with us before?",
    "Shall I book that for you?",
    "You're booked for Tuesday, right?",
    "Your appointment is not booked yet.",
    "It isn't confirmed yet.",
    "I haven't booked anything.",
    "I couldn't get you booked in.",
    "Nothing has been booked.",
    "Once it's booked, you will get a message.",
    "If you say yes, your appointment is booked.",
    "Your appointment is booked as soon as you confirm.",
    "Your appointment is only booked if you say yes.",
    "I will have you booked in.",
    "Let's get you booked in.",
    "I can put you down for Tuesday if you like.",
    "Your appointment can be cancelled until Monday.",
    "Would you like it rescheduled?",
    "That slot is already booked.",
    "Unfortunately two o'clock is booked.",
    "We are fully booked on Tuesday.",
    "Someone else is booked at two.",
    "Let me check whether it was cancelled.",
    "I have noted your name and number.",
    "Verstehe, Sie haben bei uns einen Termin gebucht und möchten ihn absagen.",
    "Sie haben bereits einen Termin gebucht.",
    "Ihr Mann hat den Termin gebucht.",
    "Ihre Frau hat Sie eingetragen.",
    "Sie haben den Termin also verschoben.",
    "Du hast den Termin abgesagt.",
    "Wie wir sehen haben Sie einen Termin gebucht.",
    "Dann sehen wir uns mal den Dienstag an.",
    "Dann sehen wir uns mal den Dienstag an, einen Moment.",
    "Ich habe Ihren Namen und Ihre Nummer eingetragen.",
    "Folgendes habe ich eingetragen: Name Muster, Telefonnummer wie besprochen.",
    "Ich habe Ihren Rückruf für Dienstag um 10 Uhr eingetragen.",
    "Ich habe Ihren Wunsch nach einem Termin am Dienstag vorgemerkt.",
    "Wir freuen uns auf Ihre Nachricht morgen.",
    "I see you have booked an appointment with us.",
    "I see your husband booked an appointment.",
    "You have cancelled your appointment, is that right?",
    "Your husband has cancelled the appointment.",
    "He's booked an appointment with us.",
    "I have an opening for you in the afternoon on Tuesday.",
    "I see you prefer Tuesday.",
    "We are all booked on Tuesday.",
    "I have scheduled your callback for Tuesday.",
];

#[test]
fn what_is_said_to_be_booked_is_heard_in_both_languages() {
    for sentence in BOOKED {
        assert_eq!(heard(sentence), [Booked], "{sentence}");
    }
}

#[test]
fn what_is_said_to_be_cancelled_or_moved_is_heard_in_both_languages() {
    for sentence in CANCELLED {
        assert_eq!(heard(sentence), [Cancelled], "{sentence}");
    }
    for sentence in MOVED {
        assert_eq!(heard(sentence), [Moved], "{sentence}");
    }
}

#[test]
fn questions_denials_conditions_and_plans_are_no_claims() {
    for sentence in NOTHING {
        assert_eq!(heard(sentence), [], "{sentence}");
    }
}

#[test]
fn several_claims_of_one_turn_are_all_heard() {
    let text = "Den alten Termin habe ich storniert. Der neue Termin ist gebucht!";

    assert_eq!(heard(text), [Booked, Cancelled]);
}

proptest! {
    #[test]
    fn any_text_is_read_without_falling_over(text in "\\PC{0,200}") {
        drop(heard(&text));
    }

    #[test]
    fn small_talk_round_a_claim_hides_it_not(claim in 0..BOOKED.len(), before in 0..3_usize) {
        let small_talk = ["Sehr gern.", "Einen Moment bitte!", "Haben Sie noch einen Wunsch?"][before];

        let text = format!("{small_talk} {} Einen schönen Tag noch.", BOOKED[claim]);

        prop_assert!(heard(&text).contains(&Booked), "{}", text);
    }

    #[test]
    fn sentences_without_a_claim_make_none_together(some in proptest::collection::vec(0..NOTHING.len(), 1..6)) {
        let text: Vec<&str> = some.into_iter().map(|n| NOTHING[n]).collect();

        prop_assert_eq!(heard(&text.join(" ")), []);
    }
}
