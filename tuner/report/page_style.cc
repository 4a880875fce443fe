// The style sheet. Its hash is in markup.cc; after a change a test prints the new hash.
#include "report/markup.h"

namespace tuner {

namespace {

constexpr std::string_view kStyle = R"(
:root{--page:#f7f7f5;--card:#fff;--ink:#1d2126;--soft:#545b64;--line:#dcdfe3;--accent:#0b5cad;
--good:#1a6b34;--good-bg:#e3f3e7;--drift:#7a4a00;--drift-bg:#fdecc8;--bad:#a3161b;--bad-bg:#fce3e2;
--cannot:#5b3f91;--cannot-bg:#ece6f7;--wait:#4d5560;--wait-bg:#eceef1;--kernel:#3a93cf;--userspace:#b97c0f;--edge:#8b929b}
@media(prefers-color-scheme:dark){:root{--page:#14171a;--card:#1c2024;--ink:#e6e8ea;--soft:#a4acb5;--line:#343a41;--accent:#7db8f2;
--good:#86d69b;--good-bg:#163521;--drift:#f3c56b;--drift-bg:#3d2e0c;--bad:#ff9f9a;--bad-bg:#45191a;
--cannot:#cdb8f5;--cannot-bg:#30264a;--wait:#b5bdc6;--wait-bg:#2a2f35;--kernel:#2f7fc0;--userspace:#d9a441;--edge:#7d858e}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main,footer{max-width:76rem;margin:0 auto;padding:1.25rem 1.25rem 0}
footer{padding:1.5rem 1.25rem 2.5rem;color:var(--soft);font-size:.875rem}
h1{font-size:1.6rem;line-height:1.25;margin:.25rem 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;line-height:1.3;margin:2.25rem 0 .5rem;overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.5rem 0 .4rem;overflow-wrap:anywhere}
p{margin:.4rem 0 .8rem}
p,li,td,summary{overflow-wrap:anywhere;unicode-bidi:isolate}
.lead,.soft{color:var(--soft)}
.soft{font-size:.875rem}
a{color:var(--accent)}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
ul.plain{list-style:none;margin:0;padding:0}
ul.plain>li{padding:.15rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:.75rem 0;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem}
.tiles b{display:block;font-size:1.5rem;white-space:nowrap;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles span{display:block;color:var(--soft);font-size:.875rem;line-height:1.35}
.tiles .good b{color:var(--good)}.tiles .drift b{color:var(--drift)}.tiles .bad b{color:var(--bad)}.tiles .cannot b{color:var(--cannot)}
.box{position:relative;overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0 1rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.4rem .7rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--soft);font-weight:600;font-size:.8125rem;white-space:nowrap;vertical-align:bottom}
td.num,th.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.matrix-box{width:fit-content;max-width:100%}
td.name{min-width:9rem}
td.mono{min-width:5.5rem}
td.why{min-width:16rem}
.env td.name{width:14rem}
td.nowrap{white-space:nowrap}
.tag{display:inline-block;padding:0 .5em;border-radius:.3em;font-size:.8125rem;font-weight:600;line-height:1.6;white-space:nowrap;background:var(--wait-bg);color:var(--wait)}
.good .tag,.tag.good{background:var(--good-bg);color:var(--good)}
.tag.drift{background:var(--drift-bg);color:var(--drift)}
.tag.bad{background:var(--bad-bg);color:var(--bad)}
.tag.cannot{background:var(--cannot-bg);color:var(--cannot)}
table.matrix{width:auto;border-collapse:separate;border-spacing:0}
.matrix th,.matrix td{border-left:1px solid var(--line)}
.matrix tr>:first-child{border-left:0;text-align:left;font-weight:500;position:sticky;left:0;background:var(--card);z-index:1;min-width:11rem;max-width:18rem}
.matrix thead th{white-space:normal}
.matrix thead th span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:15rem;overflow:hidden;display:inline-block;line-height:1.3;font-weight:500;color:var(--ink)}
.matrix thead th+th{text-align:center;padding:.5rem .3rem}
.matrix td{vertical-align:middle}.matrix td+td,.matrix th+td{text-align:center;white-space:nowrap;font-variant-numeric:tabular-nums;font-weight:600;min-width:2.4rem;padding:.4rem .35rem}
.matrix td.good{color:var(--good);background:var(--good-bg)}
.matrix td.drift{color:var(--drift);background:var(--drift-bg)}
.matrix td.bad{color:var(--bad);background:var(--bad-bg)}
.matrix td.cannot{color:var(--cannot);background:var(--cannot-bg)}
.matrix td.wait{color:var(--wait);background:var(--wait-bg)}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:.75rem;margin:.75rem 0}
.plot{margin:0;min-width:0;background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem}
.plot.wide{margin:.75rem 0}
.plot figcaption{font-weight:600;font-size:1.05rem}
.plot p{margin:.1rem 0 .5rem}
.rows{list-style:none;margin:.4rem 0;padding:0}
.rows>li{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr) 3rem;gap:.2rem .75rem;align-items:center;padding:.25rem 0;font-size:.9rem;line-height:1.35}
.rows.times>li{grid-template-columns:minmax(0,3fr) minmax(0,8fr) minmax(0,2fr);padding:.05rem 0}
.rows .what{overflow-wrap:anywhere;unicode-bidi:isolate}
.rows .value{text-align:right;font-variant-numeric:tabular-nums}
.rows.times .value{text-align:left;font-size:.8125rem;color:var(--soft)}
.rows.tall>li{grid-template-columns:minmax(0,1fr) auto}.rows.tall svg{grid-column:1/-1;grid-row:2}
svg.track{display:block;width:100%;height:1.4rem}
svg.axis{display:block;width:100%;height:1.1rem;font-size:.75rem;overflow:visible}
svg.key{width:1.5rem;height:1rem;vertical-align:-.15rem}
svg text{fill:var(--soft)}
svg line{stroke:var(--line);stroke-width:1}
svg line.whisker{stroke:var(--ink);stroke-width:1.5}svg line.bound{stroke:var(--ink);stroke-width:2;stroke-dasharray:3 2}svg line.one{stroke:var(--edge)}
svg.curves{display:block;width:100%;height:14rem;overflow:visible}svg line.curve{stroke-width:2;stroke-linecap:round;stroke:var(--edge)}svg line.curve.kernel{stroke:var(--kernel)}svg line.curve.userspace{stroke:var(--userspace)}svg line.curve.device{stroke:var(--accent)}
svg.points{display:block;width:100%;height:16rem;overflow:visible;font-size:.75rem}svg.mark{overflow:visible}svg line.grid{stroke:var(--line)}svg.mark path{stroke:var(--card);stroke-width:1}
.plot p.centre{text-align:center}
.rows.stages>li{grid-template-columns:minmax(0,4fr) minmax(0,5fr) 6.5rem}.rows.stages .reason{grid-column:2/-1;color:var(--soft)}
svg line.dashed{stroke-dasharray:7 4}svg line.dotted{stroke-dasharray:1 5}
svg .plain{fill:var(--edge)}svg .good{fill:var(--good)}
svg .drift{fill:var(--drift)}svg .bad,svg .failed{fill:var(--bad)}svg .cannot{fill:var(--cannot)}svg .none,svg .device{fill:var(--accent)}
svg .kernel{fill:var(--kernel)}svg .userspace{fill:var(--userspace)}svg .stripe{fill:var(--edge)}
svg .unknown{stroke:var(--edge);stroke-width:1}
.stack rect{stroke:var(--card);stroke-width:2}
.strip{display:flex;flex-wrap:wrap;gap:.2rem .9rem;align-items:baseline;border-left:.4rem solid;border-radius:.5rem;padding:.7rem .9rem;margin:.75rem 0;background:var(--wait-bg);color:var(--wait)}
.strip b{font-size:1.25rem;line-height:1.3}.strip span{flex:1 1 20rem;color:var(--ink);overflow-wrap:anywhere}
.strip.good{background:var(--good-bg);color:var(--good)}.strip.drift{background:var(--drift-bg);color:var(--drift)}.strip.cannot{background:var(--cannot-bg);color:var(--cannot)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1rem;list-style:none;margin:.5rem 0;padding:0;font-size:.875rem;color:var(--soft)}
details{border:1px solid var(--line);border-radius:.5rem;background:var(--card);margin:.5rem 0;padding:0 .9rem}
details[open]{padding-bottom:.6rem}
summary{cursor:pointer;padding:.55rem 0}
summary:focus-visible,.box:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
details details,details .box{background:var(--page)}
td details{border:0;background:none;padding:0;margin:0}
td summary{padding:0;color:var(--accent)}
:target{outline:2px solid var(--accent);outline-offset:2px}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(max-width:40rem){main,footer{padding-left:.8rem;padding-right:.8rem}h1{font-size:1.35rem}th,td{padding:.35rem .5rem}

.steps thead,.tally thead,.files thead,.cells thead,.nics thead,.paths thead,.promises thead,.changes thead,.differs thead{display:none}
.steps tr,.tally tr,.files tr,.cells tr,.nics tr,.paths tr,.promises tr,.env tr,.changes tr,.differs tr{display:block;padding:.45rem .6rem;border-top:1px solid var(--line)}
.steps tr:first-child,.tally tr:first-child,.files tr:first-child,.cells tr:first-child,.nics tr:first-child,.paths tr:first-child,.promises tr:first-child,.env tr:first-child,.changes tr:first-child,.differs tr:first-child{border-top:0}
.steps tr>td,.tally tr>td,.files tr>td,.cells tr>td,.nics tr>td,.paths tr>td,.promises tr>td,.env tr>td,.changes tr>td,.differs tr>td{display:block;border:0;padding:.1rem 0;min-width:0}
.steps td:nth-child(3)::before{content:"now: ";color:var(--soft)}.steps td:nth-child(4)::before{content:"wanted: ";color:var(--soft)}
.cells td:nth-child(4)::before{content:"transmit: ";color:var(--soft)}.cells td:nth-child(5)::before{content:"receive: ";color:var(--soft)}
.cells td:nth-child(6)::after{content:" bytes";color:var(--soft)}.cells td:nth-child(7)::before{content:"intact: ";color:var(--soft)}
.nics td:nth-child(5)::before{content:"TLS offload: ";color:var(--soft)}
.paths td:nth-child(2)::before{content:"asked: ";color:var(--soft)}.paths td:nth-child(3)::before{content:"got: ";color:var(--soft)}
.promises td:nth-child(2)::before{content:"promised: ";color:var(--soft)}.promises td:nth-child(3)::before{content:"measured here: ";color:var(--soft)}
.changes td:nth-child(2)::before{content:"path: ";color:var(--soft)}.changes td:nth-child(3)::before,.differs td:nth-child(2)::before{content:"before: ";color:var(--soft)}
.changes td:nth-child(4)::before,.differs td:nth-child(3)::before{content:"after: ";color:var(--soft)}.changes td.nowrap{white-space:normal}
.changes tr>td:first-child,.differs tr>td:first-child,.paths tr>td:first-child,.env tr>td:first-child,.promises tr>td:first-child{font-weight:600}
.tally tr>td.num,.cells tr>td.num{text-align:left}.tally td.num::after{content:" hosts";color:var(--soft)}
.rows>li,.rows.times>li{grid-template-columns:minmax(0,1fr) auto;padding:.3rem 0}.rows .what{grid-column:1}.rows.stages>li{grid-template-columns:minmax(0,1fr) auto}.rows.stages .reason{grid-column:1/-1}.rows .value{grid-column:2;grid-row:1;align-self:start}.rows svg{grid-column:1/-1}
.tiles{grid-template-columns:repeat(2,1fr)}.matrix tr>:first-child{min-width:7.5rem;max-width:9rem}}
@media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb}body{font-size:10pt}main,footer{max-width:none;padding:0}
.box{overflow:visible;border:0}details{border:0;padding:0}tr,li{break-inside:avoid}h2,h3{break-after:avoid}.tag,.strip,svg,.matrix td,.tiles li{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)";

}  // namespace

std::string_view page_style() {
  return kStyle;
}

}  // namespace tuner
