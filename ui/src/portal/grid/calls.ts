// Calls of this page. Each says whether it was answered; a session that has ended leads to the door.
import { bodyOf, call, type Json } from '../../engine/http'

export interface Answer {
  status: number
  body: Json | null
}

export class Calls {
  constructor(private readonly csrf: string) {}

  /** Sends a call; 0 is no answer at all. */
  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.raw(method, path, body)
    return answer ? { status: answer.status, body: answer.status === 204 ? null : await bodyOf(answer) } : { status: 0, body: null }
  }

  async raw(method: string, path: string, body?: unknown, keepalive = false): Promise<Response | null> {
    const headers: Record<string, string> = method === 'GET' ? {} : { 'X-CSRF-Token': this.csrf }
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const init: RequestInit = { method, headers, keepalive }
    if (body !== undefined) init.body = JSON.stringify(body)
    const answer = await call(path, init)
    if (answer?.status === 401) location.assign(`/portal/login?next=${encodeURIComponent(location.pathname)}`)
    return answer
  }
}
