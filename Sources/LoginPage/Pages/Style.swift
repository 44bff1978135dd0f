/// The look, light and dark, from 320 pixels up.
enum Style {
    static let text = """
        :root{color-scheme:light dark;--ground:light-dark(#f4f5f9,#12141a);--card:light-dark(#fff,#1d2029);
        --ink:light-dark(#1b1d26,#eef0f6);--faint:light-dark(#565c6e,#adb3c4);--line:light-dark(#c9cddb,#454b5c);
        --field:light-dark(#6b7185,#8f96aa);--accent:light-dark(#0b50b5,#8db8ff);--on-accent:light-dark(#fff,#0b1220);
        --soft:light-dark(#e8eefb,#252c3d);--bad:light-dark(#a81a10,#ff9d92);--good:light-dark(#0c652f,#86dca6);
        --warn:light-dark(#7a4b00,#f3c26b)}
        *{box-sizing:border-box}
        html{scroll-padding-top:1rem}
        body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif;
        min-height:100vh;display:flex;flex-direction:column}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem 1rem;z-index:1}
        header{display:flex;flex-wrap:wrap;gap:.25rem clamp(.5rem,2.5vw,1.25rem);align-items:center;padding:.6rem clamp(1rem,4vw,2rem);
        background:var(--card);border-bottom:1px solid var(--line)}
        .brand{margin:0 auto 0 0;font-weight:700}
        .who{display:flex;gap:clamp(.25rem,2vw,.75rem);align-items:center;color:var(--faint)}
        .who span{max-width:9rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        header a{display:inline-block;padding:.35rem .2rem}
        main{width:100%;max-width:34rem;margin:clamp(1rem,5vh,3rem) auto;padding:clamp(1.25rem,5vw,2.25rem);background:var(--card);
        border:1px solid var(--line);border-radius:.9rem;outline:none}
        @media (max-width:36rem){.who span{max-width:5.5rem}main{margin:0 auto;border-width:0 0 1px;border-radius:0}}
        main:has(.enrolment){max-width:48rem}
        h1{margin:0 0 1rem;font-size:1.65rem;line-height:1.25;text-wrap:balance}
        h2{margin:1.75rem 0 .25rem;font-size:1.15rem}
        p{margin:.75rem 0}
        a{color:var(--accent);text-underline-offset:.15em}
        label{display:block;margin:1.25rem 0 .25rem;font-weight:600}
        .hint{margin:0 0 .4rem;color:var(--faint);font-size:.95rem}
        .error{margin:0 0 .4rem;color:var(--bad);font-weight:600}
        input,select{display:block;font:inherit;color:inherit;background:var(--ground);border:2px solid var(--field);border-radius:.45rem;
        padding:.5rem .7rem;width:100%;min-height:2.9rem}
        input[aria-invalid]{border-color:var(--bad)}
        .code{max-width:14rem;font-size:1.45rem;letter-spacing:.18em;font-variant-numeric:tabular-nums}
        .digits{font-variant-numeric:tabular-nums;white-space:nowrap}
        button{font:inherit;font-weight:600;color:var(--on-accent);background:var(--accent);border:2px solid transparent;
        border-radius:.45rem;padding:.55rem 1.3rem;min-height:2.9rem;margin:1.25rem 0 .25rem;cursor:pointer}
        main>form>button:not(.way),.enrolment form>button{min-width:10rem}
        button.plain{margin:0;padding:.2rem 0;border-inline-width:0;min-height:2rem;background:none;color:var(--accent);font-weight:400;
        text-decoration:underline;text-underline-offset:.15em}
        .ways{list-style:none;margin:1.25rem 0;padding:0;display:grid;gap:.75rem}
        .way{display:block;width:100%;margin:0;padding:.9rem 1.1rem;text-align:start;font-weight:600;color:var(--ink);
        background:var(--soft);border:2px solid var(--line);border-radius:.6rem;text-decoration:none}
        .ways li:has(>[hidden]){display:none}
        form>.way+.way{margin-top:.75rem}
        .way:hover{border-color:var(--accent)}
        .way small{display:block;font-weight:400;font-size:.95rem;color:var(--faint)}
        :is(a,button,input,select,summary,.notice):focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .notice{margin:0 0 1.5rem;padding:.9rem 1.1rem;border:2px solid;border-radius:.6rem;color:var(--ink)}
        .notice h2,.notice p{margin:0}.notice h2{margin-bottom:.25rem}
        .wrong{border-color:var(--bad)}.wrong h2,.wrong a{color:var(--bad)}
        .trouble{border-color:var(--warn)}.trouble h2{color:var(--warn)}
        .done{border-color:var(--good)}
        .inset{padding:.6rem 1rem;border-inline-start:.3rem solid var(--line);color:var(--faint)}
        .validity{color:var(--faint)}
        .number{font-size:1.5rem;font-weight:600}
        details{margin:1rem 0}summary{cursor:pointer;color:var(--accent);padding:.3rem 0}
        .enrolment{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fit,minmax(min(16.25rem,100%),1fr));align-items:start}
        .qr{display:block;width:100%;max-width:18rem;height:auto;aspect-ratio:1;background:#fff;border-radius:.6rem;margin:0 auto}
        .key{font:1.1rem/1.6 ui-monospace,monospace}.key .digits{white-space:normal;overflow-wrap:anywhere}
        [hidden]{display:none}
        .status{position:fixed;inset:auto 0 0;margin:0;padding:.5rem 1rem;text-align:center;background:var(--soft)}
        .status:empty{padding:0}
        footer{margin-top:auto;padding:1rem clamp(1rem,4vw,2rem);color:var(--faint);font-size:.9rem;text-align:center}
        footer p{margin:.2rem 0}
        @media (prefers-reduced-motion:no-preference){.way,button{transition:border-color .15s}}
        @media (forced-colors:active){.way,button{border-color:ButtonText}}

        """
}

/// What the script adds; without it nothing is missing but a countdown.
enum Script {
    static let text = """
        "use strict";
        const began = performance.now(), passed = () => (performance.now() - began) / 1000;
        const say = text => { const place = document.querySelector("[role=status].status"); if (place.textContent !== text) place.textContent = text; };
        const left = (element, name) => Math.ceil(Number(element.dataset[name]) - passed());
        // Times of day in the reader's own time zone.
        for (const time of document.querySelectorAll("time")) {
          const style = "seconds" in time.dataset ? {hour: "2-digit", minute: "2-digit", second: "2-digit"} : {hour: "2-digit", minute: "2-digit"};
          time.textContent = new Date(time.dateTime).toLocaleTimeString([], style);
        }
        // The first thing to read is what went wrong.
        document.querySelector(".notice[tabindex]")?.focus();
        let told = Infinity;
        const tick = () => {
          for (const wait of document.querySelectorAll("[data-left]")) {
            const seconds = left(wait, "left");
            wait.textContent = seconds < 1 ? "now" : seconds === 1 ? "in 1 second" : seconds < 120 ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / 60)} minutes`;
          }
          for (const form of document.querySelectorAll("[data-after]")) if (left(form, "after") < 1) form.hidden = false;
          for (const text of document.querySelectorAll("[data-before]")) if (left(text, "before") < 1) text.hidden = true;
          for (const end of document.querySelectorAll("[data-ends]")) {
            const seconds = left(end, "ends");
            // Aloud at a minute and at ten seconds, and when it is over: each second would be torment.
            for (const mark of [60, 10, 0]) if (seconds <= mark && told > mark) {
              told = mark;
              say(mark ? `${mark} seconds left.` : "The time is over. Ask for another.");
            }
          }
        };
        if (document.querySelector("[data-left],[data-after],[data-ends]")) {
          told = Math.min(...[...document.querySelectorAll("[data-ends]")].map(end => left(end, "ends")), Infinity);
          tick();
          setInterval(tick, 1000);
        }
        for (const form of document.forms) form.addEventListener("submit", () => say("One moment …"));
        addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
        for (const place of document.querySelectorAll("[data-copy]")) {
          if (!navigator.clipboard) continue;
          const button = document.createElement("button");
          button.type = "button";
          button.className = "plain";
          button.textContent = place.dataset.label;
          button.addEventListener("click", async () => {
            try {
              await navigator.clipboard.writeText(document.getElementById(place.dataset.copy).textContent.replaceAll(" ", ""));
              say("Copied.");
            } catch { say("It cannot be copied here: select it, or type it."); }
          });
          place.append(button);
        }

        """
}
