// The sounds of a station: a low tone, a high tone, an even pair for what was scanned before, and a falling pair for a
// refusal; a phone vibrates too.
//
// Invariant: a browser without sound, or one that has not been touched yet, just stays silent; a scan
// never waits for a sound.
import type { Sound } from './state'

interface Tone {
  hertz: number
  seconds: number
  afterSeconds: number
}

const VOLUME = 0.3
const TONES: Record<Sound, Tone[]> = {
  low: [{ hertz: 500, seconds: 0.2, afterSeconds: 0 }],
  high: [{ hertz: 800, seconds: 0.15, afterSeconds: 0 }],
  again: [
    { hertz: 650, seconds: 0.08, afterSeconds: 0 },
    { hertz: 650, seconds: 0.08, afterSeconds: 0.14 },
  ],
  refused: [
    { hertz: 600, seconds: 0.1, afterSeconds: 0 },
    { hertz: 400, seconds: 0.15, afterSeconds: 0.12 },
  ],
}

let context: AudioContext | null = null

function play(audio: AudioContext, { hertz, seconds, afterSeconds }: Tone): void {
  const startsAt = audio.currentTime + afterSeconds
  const tone = audio.createOscillator()
  const loudness = audio.createGain()
  tone.type = 'sine'
  tone.frequency.value = hertz
  loudness.gain.setValueAtTime(VOLUME, startsAt)
  loudness.gain.exponentialRampToValueAtTime(0.001, startsAt + seconds)
  tone.connect(loudness).connect(audio.destination)
  tone.start(startsAt)
  tone.stop(startsAt + seconds)
}

export function makeSound(sound: Sound): void {
  document.documentElement.dataset.lastSound = sound
  try {
    context ??= new AudioContext()
    if (context.state === 'suspended') void context.resume().catch(() => undefined)
    for (const tone of TONES[sound]) play(context, tone)
  } catch {
    context = null
  }
  if ('vibrate' in navigator) navigator.vibrate(sound === 'refused' ? [80, 60, 80] : sound === 'again' ? [30, 40, 30] : 40)
}
