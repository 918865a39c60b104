// A mail server on loopback: takes every mail and keeps it, or refuses whoever signs in.

import net from "node:net";

/** Opens it; `mails` holds what came in, `refuses` switches sign-ins off. */
export async function openMailbox() {
  const box = { mails: [], refuses: false, signIns: 0 };
  const server = net.createServer((socket) => {
    let text = "";
    let mail = null;
    const say = (line) => socket.write(`${line}\r\n`);
    socket.on("error", () => socket.destroy());
    say("220 mailbox ready");
    const heard = (line) => {
      if (mail !== null) {
        if (line !== ".") { mail += `${line}\n`; return; }
        box.mails.push(mail);
        mail = null;
        say("250 taken");
        return;
      }
      const verb = line.split(" ")[0].toUpperCase();
      if (verb === "EHLO") { say("250-mailbox"); say("250 AUTH PLAIN LOGIN"); }
      else if (verb === "AUTH") { box.signIns += 1; say(box.refuses ? "535 5.7.8 not accepted" : "235 accepted"); }
      else if (verb === "DATA") { mail = ""; say("354 go on"); }
      else if (verb === "QUIT") { say("221 bye"); socket.end(); }
      else say("250 ok");
    };
    socket.on("data", (part) => {
      text += part.toString("latin1");
      for (let at = text.indexOf("\r\n"); at >= 0; at = text.indexOf("\r\n")) {
        heard(text.slice(0, at));
        text = text.slice(at + 2);
      }
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  server.unref();
  box.port = server.address().port;
  return box;
}

/** The text of a mail with its soft line ends taken out, so that a long address is whole. */
export const wholeText = (mail) => mail.replace(/=\n/g, "").replace(/=3D/gi, "=");
