// What is said aloud, where this device has a voice for the language.

const VOICES_WITHIN_MS = 1500;

/** Resolves to a voice of a language such as "de", local ones first, or null. */
export async function findVoice(language) {
  if (!("speechSynthesis" in window)) return null;
  const fitting = () => {
    const voices = speechSynthesis.getVoices().filter((voice) => voice.lang.toLowerCase().startsWith(language));
    return voices.find((voice) => voice.localService) ?? null; // others would send the words to somebody else
  };
  const until = performance.now() + VOICES_WITHIN_MS;
  while (!fitting() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
  return fitting();
}

export class Speech {
  muted = false;

  constructor(voice) {
    this.voice = voice;
  }

  /** Says `text`; `urgent` words do not wait for what is being said. */
  say(text, urgent = false) {
    if (!this.voice || this.muted) return;
    if (urgent) speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(text);
    words.voice = this.voice;
    words.lang = this.voice.lang;
    speechSynthesis.speak(words);
  }

  mute(muted) {
    this.muted = muted;
    if (muted && this.voice) speechSynthesis.cancel();
  }
}
