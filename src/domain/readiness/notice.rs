//! Whether a prompt or a greeting speaks of an AI, in the words people use for it.

/// Words that stand for themselves, whatever their letters' case.
const WORDS: [&str; 3] = ["ki", "ai", "voicebot"];
/// What may be part of a longer word.
const PHRASES: [&str; 13] = [
    "künstliche intelligenz",
    "künstlichen intelligenz",
    "sprachassistent",
    "sprachassistenz",
    "digitale assisten",
    "digitaler assisten",
    "digitalen assisten",
    "virtuelle assisten",
    "virtueller assisten",
    "artificial intelligence",
    "virtual assistant",
    "digital assistant",
    "voice assistant",
];

/// Whether any of these texts speaks of an AI; what it says of it is for people to judge.
pub fn speaks_of_an_ai<'a>(texts: impl IntoIterator<Item = &'a str>) -> bool {
    texts.into_iter().any(|text| {
        let text = text.to_lowercase();
        let mut words = text.split(|sign: char| !sign.is_alphanumeric());
        words.any(|word| WORDS.contains(&word)) || PHRASES.iter().any(|phrase| text.contains(phrase))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_words_are_known_and_parts_of_other_words_are_not() {
        for text in [
            "Guten Tag, hier ist der KI-Assistent von Salon Beispiel.",
            "Sie sprechen mit unserer digitalen Assistentin.",
            "Hello, this is the AI assistant of Example Ltd.",
            "Ich bin eine Künstliche Intelligenz.",
        ] {
            assert!(speaks_of_an_ai([text]), "{text}");
        }
        for text in ["Du bist der Empfang.", "Skischule Kiel, guten Tag.", "Please wait, we said so.", ""] {
            assert!(!speaks_of_an_ai([text]), "{text}");
        }
    }

    #[test]
    fn one_of_several_texts_is_enough() {
        assert!(speaks_of_an_ai(["Du bist freundlich.", "Hier ist die KI."]));
        assert!(!speaks_of_an_ai([]));
    }
}
