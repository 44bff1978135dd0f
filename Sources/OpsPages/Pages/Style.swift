/// The look, light and dark, from 320 pixels up.
enum Style {
    static let text = """
        :root{color-scheme:light dark;--ground:light-dark(#f5f6f8,#14161b);--card:light-dark(#fff,#1e2128);
        --ink:light-dark(#1a1c22,#eceef3);--faint:light-dark(#545a68,#aeb4c2);--line:light-dark(#cdd1da,#444a57);
        --accent:light-dark(#0a4fae,#8fbaff);--bad:light-dark(#a4170d,#ff9f94);--odd:light-dark(#744700,#f2c36e)}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;min-height:100vh;
        display:flex;flex-direction:column}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem 1rem;z-index:1}
        header{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:center;padding:.5rem clamp(1rem,3vw,2rem);
        background:var(--card);border-bottom:1px solid var(--line)}
        .brand{margin:0 auto 0 0;font-weight:700}
        .environment{border:2px solid var(--odd);border-radius:.4rem;padding:0 .5rem;margin-inline-start:.5rem;font-weight:600}
        nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
        nav a{display:inline-block;padding:.3rem .2rem}
        nav a[aria-current]{color:var(--ink);font-weight:700;text-decoration:none;border-bottom:3px solid var(--accent)}
        main{width:100%;max-width:72rem;margin:0 auto;padding:1rem clamp(1rem,3vw,2rem);outline:none}
        h1{margin:.5rem 0 1rem;font-size:1.6rem}h2{margin:1.75rem 0 .5rem;font-size:1.2rem}h3{margin:0;font-size:1.05rem}
        p{margin:.5rem 0}a{color:var(--accent);text-underline-offset:.15em}
        code{font:.95em ui-monospace,monospace}
        .hint,small,.unknown,figcaption,dt,footer{color:var(--faint)}
        .banners{list-style:none;margin:0 0 1rem;padding:0;display:grid;gap:.5rem}
        .banners li{background:var(--card);border:1px solid var(--line);border-inline-start:.4rem solid var(--odd);
        border-radius:.4rem;padding:.6rem .9rem;overflow-wrap:anywhere}
        .banners .wrong{border-inline-start-color:var(--bad)}.wrong strong{color:var(--bad)}.odd strong{color:var(--odd)}
        .cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(16rem,100%),1fr))}
        .card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.9rem 1.1rem;min-width:0}
        .card+.card{margin-top:1rem}.cards .card+.card{margin-top:0}.card h2{margin-top:0}
        .head{font-size:1.15rem;font-weight:600}
        dl{margin:.5rem 0;display:grid;gap:.15rem}
        dl div{display:flex;justify-content:space-between;gap:1rem}dd{margin:0;font-variant-numeric:tabular-nums;text-align:end}
        figure{margin:.75rem 0 0}svg{display:block;width:100%;height:4.5rem}
        .axis{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
        .mark{fill:none;stroke:var(--accent);stroke-width:2;vector-effect:non-scaling-stroke}
        circle.mark{fill:var(--accent)}
        figcaption{font-size:.9rem}
        .meaning{border-inline-start:.3rem solid var(--odd);padding-inline-start:.8rem}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%;background:var(--card);font-variant-numeric:tabular-nums}
        caption{text-align:start;color:var(--faint);padding:.2rem 0}
        th,td{text-align:start;padding:.35rem .7rem;border-bottom:1px solid var(--line);vertical-align:top}
        thead th{font-size:.9rem}
        @media (max-width:40rem){thead{position:absolute;left:-99rem}tr{display:block;margin-bottom:1rem;border:1px solid var(--line)}
        th,td{display:flex;justify-content:space-between;gap:1rem;border:0}tbody th{font-size:1.05rem}
        td::before{content:attr(data-label);color:var(--faint)}table{background:none}tr{background:var(--card)}}
        summary{cursor:pointer;color:var(--accent);padding:.3rem 0}
        :is(a,summary,button,.wide):focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .stale main{opacity:.6}
        footer{margin-top:auto;padding:1rem clamp(1rem,3vw,2rem);font-size:.9rem;display:flex;flex-wrap:wrap;gap:.25rem 2rem}
        footer p{margin:0}
        button{font:inherit;color:var(--accent);background:none;border:1px solid var(--line);border-radius:.4rem;
        min-height:1.75rem;padding:.1rem .7rem;cursor:pointer}

        """
}

/// What the script adds: times in the reader's own zone, and a page that comes again without its place being lost.
enum Script {
    static let text = """
        "use strict";
        const local = root => {
          for (const time of root.querySelectorAll("time"))
            time.textContent = new Date(time.dateTime).toLocaleTimeString([], {hour: "2-digit", minute: "2-digit", second: "2-digit"});
        };
        local(document);
        const asOf = document.querySelector("#as-of"), seconds = Number(asOf?.dataset.refresh ?? 0);
        if (seconds > 0) {
          let isPaused = false;
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = "pause";
          button.addEventListener("click", () => { isPaused = !isPaused; button.textContent = isPaused ? "go on" : "pause"; });
          asOf.append(" ", button);
          const isBusy = () => isPaused || document.hidden || !getSelection().isCollapsed;
          const again = async () => {
            if (isBusy()) return;
            try {
              const answer = await fetch(location.href, {cache: "no-store"});
              const next = new DOMParser().parseFromString(await answer.text(), "text/html");
              if (!answer.ok) throw new Error(answer.statusText);
              if (isBusy()) return;
              const open = [...document.querySelectorAll("main details")].map(part => part.open);
              const main = next.querySelector("main");
              local(next);
              [...main.querySelectorAll("details")].forEach((part, index) => { part.open = open[index] ?? false; });
              document.querySelector("main").replaceChildren(...main.childNodes);
              document.title = next.title;
              asOf.querySelector("time").replaceWith(next.querySelector("#as-of time"));
              document.body.classList.remove("stale");
            } catch {
              document.body.classList.add("stale");
            }
          };
          setInterval(again, seconds * 1000);
        }

        """
}
