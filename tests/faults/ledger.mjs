// What the server has promised: every answer that reached a client, and the state of the bags that follows from them.
//
// Invariant: an answer counts from the moment it has wholly arrived, and is never forgotten or replaced. Children whose
// code begins with CONTESTED are reached for by several clients; any other child, and every parent, is filled by one
// client, so that its answers arrive in the order in which the server decided them.

export const CONTESTED = "CON";

const COMPLAINTS_MAX = 200;
const CAPACITY = 30;
/** What may become of a scan, by what it asked for. Anything else means that something was lost. */
const POSSIBLE = {
  parent: ["parent_created", "parent_selected"],
  child: ["linked", "duplicate", "child_elsewhere", "parent_completed"],
  unlink: ["unlinked", "not_linked"],
  undo: ["undone", "not_linked", "nothing_to_undo"],
  relink: ["relinked", "not_linked", "duplicate", "parent_completed"],
  close: ["closed"],
};

/** The results of an answer as they were written, byte for byte. */
export function resultTexts(body) {
  const begin = '{"results":[';
  if (!body.startsWith(begin)) throw new Error(`no results: ${body.slice(0, 200)}`);
  const texts = [];
  let [depth, start, inString] = [0, 0, false];
  for (let at = begin.length; at < body.length; at += 1) {
    const character = body[at];
    if (inString) {
      if (character === "\\") at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
    } else if (character === "{") {
      if (depth === 0) start = at;
      depth += 1;
    } else if (character === "}") {
      depth -= 1;
      if (depth === 0) texts.push(body.slice(start, at + 1));
      if (depth < 0) break;
    }
  }
  return texts;
}

export class Ledger {
  /** Scan id → `{ scan, text, answer }`, in the order of arrival. */
  answers = new Map();
  /** The same ids as a list, to draw from. */
  ids = [];
  /** Parent → entries of `answers` that its history must show. */
  ofParent = new Map();
  #complaints = [];
  /** Parent → child → links less unlinks: 1 while it is in there, whatever the order of arrival. */
  #inside = new Map();
  /** The parent of each child that only one client touches. */
  #where = new Map();
  #parents = new Set();

  complain(text) {
    if (this.#complaints.length < COMPLAINTS_MAX) this.#complaints.push(text);
  }

  /** The complaints since the last call. */
  takeComplaints() {
    return this.#complaints.splice(0);
  }

  get parents() {
    return [...this.#parents];
  }

  /** Takes the answers to `scans` in. */
  acknowledge(scans, texts) {
    if (texts.length !== scans.length) this.complain(`${scans.length} scans got ${texts.length} results`);
    scans.slice(0, texts.length).forEach((scan, at) => this.#take(scan, texts[at]));
  }

  /** Compares a repeated answer with the first. */
  repeated(id, text) {
    const first = this.answers.get(id).text;
    if (text !== first) this.complain(`the answer changed from ${first} to ${text}`);
  }

  #take(scan, text) {
    const answer = JSON.parse(text);
    if (answer.id !== scan.id) return this.complain(`the result of ${scan.id} is ${text}`);
    if (this.answers.has(scan.id)) return this.repeated(scan.id, text);
    const entry = { scan, text, answer };
    this.answers.set(scan.id, entry);
    this.ids.push(scan.id);
    if (!POSSIBLE[scan.action].includes(answer.outcome)) this.complain(`${JSON.stringify(scan)} became ${text}`);
    if (answer.children > CAPACITY) this.complain(`more children than fit: ${text}`);
    this.#expect(scan, answer, text);
    this.#apply(scan, answer);
    const about = answer.parent ?? (scan.action === "parent" || scan.action === "close" ? answer.code : null);
    if (about) {
      if (!this.ofParent.has(about)) this.ofParent.set(about, []);
      this.ofParent.get(about).push(entry);
    }
    return undefined;
  }

  /** What an answer about something that one client alone touches must be, by all answers before it. */
  #expect(scan, answer, text) {
    const code = scan.code;
    let fits = true;
    if (scan.action === "parent") {
      fits = answer.outcome === (this.#parents.has(code) ? "parent_selected" : "parent_created");
    } else if (code && scan.action !== "close" && !code.startsWith(CONTESTED)) {
      const at = this.#where.get(code);
      const { outcome } = answer;
      if (scan.action === "child") {
        if (at === undefined) fits = outcome === "linked" || outcome === "parent_completed";
        else if (at === scan.parent) fits = outcome === "duplicate";
        else fits = outcome === "child_elsewhere" && answer.current_parent === at;
      } else if (at === undefined) {
        fits = outcome === "not_linked";
      } else if (scan.action === "relink") {
        fits = outcome === "duplicate" ? at === scan.parent : at !== scan.parent && outcome !== "not_linked";
      } else {
        fits = outcome !== "not_linked" && answer.parent === at;
      }
    }
    if (!fits) this.complain(`${JSON.stringify(scan)} became ${text}, which denies the answers before it`);
  }

  #apply(scan, { outcome, code, parent }) {
    if (outcome === "parent_created") this.#parents.add(code);
    if (outcome === "linked") this.#move(code, null, parent);
    if (outcome === "unlinked" || outcome === "undone") this.#move(code, parent, null);
    // Only children of one client are relinked, so where it was is known.
    if (outcome === "relinked") this.#move(code, this.#where.get(code), parent);
  }

  #move(child, from, to) {
    for (const [parent, change] of [[from, -1], [to, 1]]) {
      if (!parent) continue;
      if (!this.#inside.has(parent)) this.#inside.set(parent, new Map());
      const inside = this.#inside.get(parent);
      const count = (inside.get(child) ?? 0) + change;
      if (count === 0) inside.delete(child);
      else inside.set(child, count);
    }
    if (child.startsWith(CONTESTED)) return;
    if (to) this.#where.set(child, to);
    else this.#where.delete(child);
  }

  /** Child → links less unlinks in a parent, of those that are not even. */
  inside(parent) {
    return this.#inside.get(parent) ?? new Map();
  }
}
