// How a station writes times and numbers.
const timeOfDay = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZone: document.documentElement.dataset.zone ?? 'Asia/Kolkata',
})

export function timeText(at: string): string {
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? '' : timeOfDay.format(time)
}

export function number(n: number): string {
  return n.toLocaleString('en-IN')
}
