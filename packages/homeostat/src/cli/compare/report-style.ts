/** Style of the report page: readable on paper, on a phone and in the dark. */
export const reportStyle = `
:root{--ink:#1c1f24;--soft:#5b6470;--line:#dfe3e8;--ground:#fff;--panel:#f6f7f9;--was:#9aa4b2;--is:#2563eb;--bad:#b42318;--warn:#8a5a00;--good:#15703a}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#9aa4b2;--line:#31363e;--ground:#14171b;--panel:#1b1f25;--was:#6b7480;--is:#6ea0ff;--bad:#ff8f84;--warn:#f0bf5b;--good:#6fd39a}}
*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:2rem 1.25rem;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
h1{font-size:1.6rem;margin:.2rem 0 .4rem;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2rem 0 .6rem}h3{margin:0 0 .4rem;font-size:1rem}
.kicker,footer,figcaption,small{color:var(--soft)}.kicker{margin:0}footer{margin-top:2.5rem;border-top:1px solid var(--line);font-size:.85rem}
code{font:.92em ui-monospace,monospace;overflow-wrap:anywhere}article{border:1px solid var(--line);border-radius:8px;padding:1rem;margin:0 0 1rem;background:var(--panel)}
ul{margin:.2rem 0;padding-left:1.1rem}.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600}
.badge{display:inline-block;padding:0 .5em;border-radius:1em;border:1px solid currentColor;font-size:.8rem;font-weight:600;white-space:nowrap;vertical-align:middle}
.critical{color:var(--bad)}.warning{color:var(--warn)}.healthy{color:var(--good)}.not-enough-data,.not-checked{color:var(--soft)}
figure{margin:.8rem 0 0}figcaption i{display:inline-block;width:.8em;height:.8em;border-radius:2px}i.was{background:var(--was)}i.is{background:var(--is)}
svg{display:block;width:100%;height:auto;max-width:60rem}svg text{fill:var(--soft);font:11px system-ui,sans-serif}.was{fill:var(--was)}.is{fill:var(--is)}`;
