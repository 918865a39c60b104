// A disk of a few megabytes for a site on SQLite, which can be filled to the last byte.
//
// Invariant: it is unmounted when this process ends. It lives in memory, so it says nothing of what a power cut takes.

import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

import { atEnd, scratchFolder } from "./server.mjs";

const SIZE = "40m";
const PIECE = Buffer.alloc(65_536, 7);

export class SmallDisk {
  constructor() {
    const folder = scratchFolder();
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", folder], { encoding: "utf8" });
    if (mounted.status !== 0) throw new Error(`a small disk needs root: ${mounted.stderr}`);
    atEnd(() => spawnSync("umount", ["-l", folder]));
    this.filler = join(folder, "filler");
    this.url = `sqlite:${join(folder, "faults.db")}`;
  }

  /** Takes all that is free, and the last piece byte by byte. */
  fill() {
    const file = openSync(this.filler, "a");
    for (let size = PIECE.length; size >= 1; size = Math.floor(size / 4)) {
      try {
        for (;;) writeSync(file, PIECE, 0, size);
      } catch (error) {
        if (error.code !== "ENOSPC") throw error;
      }
    }
    closeSync(file);
  }

  empty() {
    rmSync(this.filler, { force: true });
  }
}
