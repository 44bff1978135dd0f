/// The look of the simulator's pages, light and dark.
enum Style {
    static let text = """
        :root{color-scheme:light dark;--ground:light-dark(#f3f4f8,#14161c);--card:light-dark(#fff,#1f222b);\
        --ink:light-dark(#1c1e26,#eceef4);--faint:light-dark(#5b6070,#a7adbd);--line:light-dark(#d9dce6,#363b48);\
        --bubble:light-dark(#e9ecf5,#2c3140);--accent:light-dark(#0b57c2,#8ab6ff);--good:light-dark(#0d6b33,#7fd9a0);\
        --bad:light-dark(#a3180b,#ff9c90)}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
        header{display:flex;flex-wrap:wrap;gap:.5rem 2rem;align-items:center;padding:.75rem 1.5rem;\
        background:var(--card);border-bottom:1px solid var(--line)}
        .brand{margin:0;font-weight:700}
        nav{display:flex;gap:.25rem}
        nav a{padding:.35rem .8rem;border-radius:2rem;color:var(--ink);text-decoration:none}
        nav a[aria-current]{background:var(--bubble);font-weight:600}
        a{color:var(--accent)}
        a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible,.wide:focus-visible\
        {outline:3px solid var(--accent);outline-offset:2px}
        main{max-width:78rem;margin:0 auto;padding:1rem 1.5rem 4rem}
        h1{margin:.5rem 0 .25rem;font-size:1.7rem}h2{margin:2rem 0 .5rem;font-size:1.2rem}
        .lead{margin:0 0 1.25rem;color:var(--faint)}
        .banner{margin:0 0 1.25rem;padding:.6rem 1rem;border-left:.3rem solid var(--bad);background:var(--card)}
        .phones{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));gap:1.75rem;\
        align-items:start;padding:0;margin:0;list-style:none}
        .phone{background:var(--card);border:.45rem solid light-dark(#23262f,#3a3f4d);border-radius:2rem;overflow:hidden;\
        box-shadow:0 .6rem 1.6rem #0002}
        .phone h2{margin:0;padding:1rem 1.2rem .6rem;font-size:1.05rem;border-bottom:1px solid var(--line);\
        font-variant-numeric:tabular-nums}
        .phone h2 small{display:block;color:var(--faint);font-weight:400}
        .thread{max-height:32rem;overflow-y:auto;margin:0;padding:.9rem 1rem 1.1rem;list-style:none;display:grid;gap:1rem}
        .bubble{background:var(--bubble);border-radius:.3rem 1.1rem 1.1rem 1.1rem;padding:.65rem .9rem;margin:0}
        .call .bubble{border-radius:1.1rem;border:1px solid var(--line);background:none}
        .bubble strong{font-size:1.35rem;letter-spacing:.12em;font-variant-numeric:tabular-nums;white-space:nowrap}
        .call .bubble strong{font-size:1.1rem;letter-spacing:0}
        .lost .bubble{border:1px dashed var(--bad)}
        .about{display:flex;flex-wrap:wrap;gap:.15rem .6rem;margin:.25rem .2rem 0;font-size:.82rem;color:var(--faint)}
        .about b{font-weight:600}.approved b{color:var(--good)}.lost b{color:var(--bad)}
        .app{border-color:light-dark(#1d3b2c,#37584a)}
        .account{list-style:none}.account .name{margin:0;overflow-wrap:anywhere}
        .code{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;margin:.1rem 0 .35rem}
        .code strong{font-size:1.9rem;letter-spacing:.08em;font-variant-numeric:tabular-nums;white-space:nowrap;\
        color:var(--accent)}
        @property --left{syntax:"<integer>";inherits:false;initial-value:0}
        @keyframes left{to{--left:0}}@keyframes bar{from{width:var(--from)}to{width:0}}
        .left{counter-reset:left var(--left);animation:left linear forwards;color:var(--faint);\
        font-variant-numeric:tabular-nums}.left::after{content:counter(left) " s"}
        .bar{display:block;height:.25rem;width:var(--from);border-radius:1rem;background:var(--accent);\
        animation:bar linear forwards}
        @media (prefers-reduced-motion){.bar{display:none}}
        .empty{padding:3rem 1rem;text-align:center;color:var(--faint);border:2px dashed var(--line);border-radius:1.5rem}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%;background:var(--card)}
        caption{text-align:left;font-weight:600;padding:.5rem 0}
        th,td{text-align:left;vertical-align:top;padding:.45rem .8rem;border:1px solid var(--line)}
        code,pre{font:.92em ui-monospace,monospace}pre{overflow-x:auto;padding:.8rem 1rem;background:var(--card)}
        form{display:flex;flex-wrap:wrap;gap:.8rem 1.2rem;align-items:end;padding:1rem;background:var(--card);\
        border:1px solid var(--line);border-radius:.6rem;margin:.5rem 0}
        .tall{display:grid;align-items:start;justify-items:start}.tall label{width:100%}
        textarea{font:.95em ui-monospace,monospace;width:100%;padding:.5rem .6rem;overflow-wrap:anywhere}
        .bare{padding:0;margin:0;border:0;background:none}
        label{display:grid;gap:.2rem;font-size:.9rem}
        input,select,button{font:inherit;padding:.35rem .6rem;min-height:2.2rem}
        input[type=number]{width:8rem}
        """
}
