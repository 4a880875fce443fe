#include "document/facts.h"

#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"
#include "cli/render/documents.h"
#include "cli/render/offload_facts.h"
#include "cli/render/programs.h"
#include "cli/steps/bundle.h"
#include "cli/steps/programs_look.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/probe.h"
#include "document/programs.h"
#include "host/facts/collect.h"
#include "host/programs/collect.h"
#include "model/irq_notes.h"
#include "probe/run_probe.h"
#include "probe/warnings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner {
namespace {

// The columns of a label: "kernel    ", "tls_stat  ".
constexpr std::size_t kLabel = 10;

std::string kernel_text(const Facts& facts) {
  std::string text =
      text_line("host      {}{}", facts.host.hostname,
                facts.host.emulated ? " (emulated CPU: times measured here have no meaning)" : "") +
      text_line("kernel    {}", facts.host.kernel) +
      text_line("tls       {}: {}", module_state_name(facts.kernel.tls.state),
                facts.kernel.tls.because);
  if (!facts.kernel.lockdown.empty()) text += text_line("lockdown  {}", facts.kernel.lockdown);
  return text;
}

// "cipher    gcm(aes): generic-gcm-aesni (module aesni_intel, priority 400), accelerated"
std::string cipher_text(const KernelCipher& cipher) {
  if (cipher.kind == CipherClass::NotInstantiated) {
    return text_line("cipher    {}: not instantiated, {}; with the loaded modules it would be {}",
                     cipher.algorithm, cipher.because,
                     cipher.expected_kind == CipherClass::Unknown
                         ? "unknown"
                         : cipher_class_name(cipher.expected_kind));
  }
  return text_line("cipher    {}: {} (module {}, priority {}), {}{}; {}", cipher.algorithm,
                   cipher.driver, cipher.module, cipher.priority, cipher_class_name(cipher.kind),
                   cipher.async ? ", asynchronous" : "", cipher.because);
}

// AES-GCM is always shown, since nearly every TLS connection uses it; the others once the kernel
// has them in use.
std::string crypto_text(const Facts& facts) {
  if (!facts.crypto) return "cipher    unknown\n";
  std::string text;
  for (const KernelCipher& cipher : kernel_ciphers(*facts.crypto)) {
    const bool used = cipher.kind != CipherClass::NotInstantiated;
    if (used || cipher.algorithm == "gcm(aes)") text += cipher_text(cipher);
  }
  if (const auto warning = generic_cipher_warning(facts.crypto))
    text += text_line("warning: {}", *warning);
  return text;
}

std::string openssl_text(const Result<LibraryFacts>& library) {
  if (!library) return text_line("openssl   unknown: {}", library.error().text);
  return text_line("openssl   {}", library->version) +
         text_line("          {} {}", library->config_file,
                   library->config_asks
                       ? "asks for kTLS (Options = KTLS)"
                       : "does not ask for kTLS: only programs that ask for it use it");
}

std::string abilities_text(const LibraryFacts& library, const Display& display) {
  Table table({"libssl can offload", "cipher", "tx", "rx"});
  for (const auto& ability : library.abilities) {
    table.add({{std::string(tls_version_name(ability.version))},
               {std::string(tls_cipher_name(ability.cipher))},
               {ability.tx ? "yes" : "no", ability.tx ? Tint::Good : Tint::Warning},
               {ability.rx ? "yes" : "no", ability.rx ? Tint::Good : Tint::Warning}});
  }
  return table.text(display);
}

// ", distance 10 21"; empty on a machine with one node.
std::string distances_text(const NumaNode& node) {
  if (node.distances.size() < 2) return {};
  std::string text = ", distance";
  for (const auto& [other, distance] : node.distances) text += fmt::format(" {}", distance);
  return text;
}

std::string cpu_lines(const Facts& facts) {
  const Topology& topology = facts.topology;
  std::string text = text_line(
      "cpus      online {}, {} physical cores{}", topology.online.to_list(), topology.cores.size(),
      topology.isolated.empty() ? "" : ", isolated " + topology.isolated.to_list());
  for (const NumaNode& node : topology.nodes) {
    text += text_line("node {}    {}{}", node.id,
                      node.cpus.empty() ? "memory only" : "cpus " + node.cpus.to_list(),
                      distances_text(node));
  }
  for (const std::string& problem : topology.problems) text += text_line("broken    {}", problem);
  if (facts.cpufreq.empty()) text += "cpufreq   none on this machine\n";
  for (const CpufreqPolicy& policy : facts.cpufreq) {
    text += text_line("cpufreq   {} (cpus {}, {}): {}{}", policy.name, policy.cpus.to_list(),
                      policy.driver, policy.governor,
                      policy.epp.empty() ? "" : ", preference " + policy.epp);
  }
  return text;
}

// The words of `ethtool -k`: "off [requested on]" is a feature that the kernel dropped because
// another one that it needs is off.
std::string feature_word(const Nic& nic, std::string_view name) {
  const auto found = nic.features.find(name);
  if (found == nic.features.end()) return nic.features_unreadable.empty() ? "-" : "unreadable";
  const NicFeature& feature = found->second;
  std::string word = feature.active ? "on" : "off";
  if (feature.fixed) word += " [fixed]";
  if (feature.requested != feature.active)
    word += feature.requested ? " [requested on]" : " [requested off]";
  return word;
}

// Only what is not as usual: the queue is not known, or the name does not tell it.
std::string_view queue_remark(const NicIrq& irq) {
  if (irq.queue >= 0)
    return irq.known_by == NicIrq::KnownBy::Kernel ? " (queue by the kernel's list)" : "";
  return irq.no_queue == NicIrq::NoQueue::NotUnderstood ? " (queue unknown)" : "";
}

std::string nics_text(const Facts& facts, const Context& context) {
  Table table(
      {"nic", "kind", "driver", "bus", "node", "state", "queues", "irqs", "tls tx", "tls rx"});
  for (const Nic& nic : facts.nics) {
    table.add({{nic.name},
               {nic.kind},
               {nic.driver},
               {nic.bus_address},
               {fmt::format("{}", nic.numa_node)},
               {nic.operstate},
               {fmt::format("{} rx {} tx", nic.rx_queues, nic.tx_queues)},
               {fmt::format("{}", nic.irqs.size())},
               {feature_word(nic, "tls-hw-tx-offload")},
               {feature_word(nic, "tls-hw-rx-offload")}});
    if (!context.options.explain && !context.options.verbose) continue;
    if (!nic.numa_node_source.empty()) table.note("node from " + nic.numa_node_source);
    if (nic.carries_login_session)
      table.note(fmt::format("carries this login session ({})", nic.session_evidence));
    if (!nic.lowers.empty())
      table.note(fmt::format("lower devices: {}", fmt::join(nic.lowers, ", ")));
    for (const NicIrq& irq : nic.irqs) {
      table.note(fmt::format("irq {} {}{}", irq.number,
                             irq.action.empty() ? "(not requested)" : irq.action,
                             queue_remark(irq)));
    }
  }
  return table.empty() ? "nics      none\n" : table.text(context.terminal.display());
}

// "sets      nic_rings eth0/rx = max: systemd-udevd (/etc/systemd/network/10-eth0.link:7)"
std::string external_text(const ExternalSetting& external) {
  const std::string value = external.value.empty() ? "" : " = " + external.value;
  return text_line("sets      {}{}{}{}: {} ({})", external.knob.empty() ? "" : external.knob + " ",
                   external.nic.empty() ? "" : external.nic + "/", external.setting, value,
                   external.who, external.where);
}

std::string rest_text(const Facts& facts) {
  std::string text;
  for (const Neighbour& neighbour : facts.neighbours) {
    text += text_line("owner     {}: {}", neighbour.name, neighbour.detail);
  }
  for (const ExternalSetting& external : facts.external_settings) text += external_text(external);
  for (const Nic& nic : facts.nics) {
    for (const std::string& note : irq_notes(nic, nullptr))
      text += text_line("queues    {}: {}", nic.name, note);
  }
  for (const Unread& unread : facts.unread) {
    text += text_line("unknown   {}{}{}: {}", fact_part_name(unread.part),
                      unread.nic.empty() ? "" : " of ", unread.nic, unread.error.text);
  }
  if (!facts.tls_stat && facts.failed_read(FactNeed::Kernel) != nullptr)
    return text + "tls_stat  unknown\n";
  // /proc/net/tls_stat is created by the module (net/tls/tls_proc.c).
  if (!facts.tls_stat) return text + "tls_stat  none until tls is loaded\n";
  for (const auto& [name, count] : *facts.tls_stat)
    text += text_line("tls_stat  {:<24} {}", name, count);
  return text;
}

// Only when asked: another program makes eight handshakes in memory, four times the work of all
// other facts. This machine's libssl says nothing about a recorded machine. Not looked at is no
// error.
bool looks_at_library(const GlobalOptions& options) {
  return options.explain && options.root.empty();
}

std::string library_part(const GlobalOptions& options, const Result<LibraryFacts>& library) {
  if (looks_at_library(options)) return openssl_text(library);
  return text_line("openssl   not looked at: {}",
                   options.root.empty()
                       ? "ktls-tuner facts --explain asks libssl"
                       : "the library of this machine is not that of the recording");
}

struct FactsRequest {
  bool programs = false;
  std::string bundle;
  bool list = false;
};

Result<FactsRequest> facts_request(const Options& options) {
  return FactsRequest{.programs = options.programs, .bundle = options.bundle, .list = options.list};
}

// What was found; each part that was not looked at is empty.
struct Found {
  Facts facts;
  Result<LibraryFacts> library = fail(Fault::Unsupported, "");
  RekeyFacts kernel;
  std::optional<Programs> programs;
  std::optional<Error> programs_failure;  // of a recording
  std::vector<DefectFinding> defects;
};

void add_openssl_defects(std::string_view version, Found& found) {
  const std::string name = short_version(version);
  const auto same = [&](const DefectFinding& known) { return known.version == name; };
  if (!name.starts_with("OpenSSL ") || std::ranges::any_of(found.defects, same)) return;
  for (DefectFinding& finding : openssl_defects(name)) found.defects.push_back(std::move(finding));
}

// Programs only when asked: every process and the files of its program are read, which needs root
// and costs more than all other facts, and the Ansible collection and reports ask for facts often.
Found look_for_facts(Context& context, const FactsRequest& request) {
  Found found;
  found.facts = collect_facts(context.host, FactNeed::All);
  if (looks_at_library(context.options)) found.library = ask_library();
  found.kernel = rekey_facts(context.host.files());
  found.defects = kernel_defects(found.kernel.upstream, found.facts);
  if (found.library) add_openssl_defects(found.library->version, found);
  if (!request.programs) return found;
  SeenPrograms seen = see_programs(context, found.facts.host);
  found.programs = std::move(seen.programs);
  found.programs_failure = std::move(seen.failure);
  for (const Program& program : found.programs->all) {
    for (const ProgramLibrary& library : program.libraries)
      if (library.kind == TlsLibrary::OpenSsl) add_openssl_defects(library.version, found);
  }
  return found;
}

document::Facts facts_body(const Found& found) {
  document::Facts body = facts_document(found.facts);
  if (found.library) body.openssl = library_document(*found.library);
  if (found.programs) body.programs = programs_document(*found.programs, found.kernel);
  body.defects = defects_document(found.defects);
  return body;
}

Answer answer_facts(Context& context, const FactsRequest& request) {
  if (request.list || !request.bundle.empty())
    return bundle_answer(context, request.list ? std::string() : request.bundle);
  const Found found = look_for_facts(context, request);
  const GlobalOptions& options = context.options;
  Answer answer;
  *answer.body = facts_body(found);
  if (!found.library && looks_at_library(options)) answer.errors.push_back(found.library.error());
  if (found.programs_failure) answer.errors.push_back(*found.programs_failure);

  const Facts& facts = found.facts;
  const Terminal& terminal = context.terminal;
  const Display& display = terminal.display();
  const auto shown = [&](const std::string& text) {
    return wrapped_lines(text, display.width, kLabel);
  };
  terminal.result(shown(kernel_text(facts) + crypto_text(facts) +
                        library_part(options, found.library) + cpu_lines(facts)));
  terminal.result("\n" + nics_text(facts, context) + "\n");
  const std::string offload = offload_text(facts, display);
  if (!offload.empty()) terminal.result(offload + "\n");
  terminal.result(shown(rest_text(facts)));
  const bool whole = options.explain || options.verbose;
  terminal.result("\n" + defects_text(found.defects, whole, display));
  if (!found.programs)
    terminal.result("programs  not looked at: ktls-tuner facts --programs\n");
  else
    terminal.result("\n" + programs_text(*found.programs, found.kernel, whole, display));
  if (found.library) terminal.result("\n" + abilities_text(*found.library, display));
  return answer;
}

}  // namespace

Verb facts_verb() {
  return {
      .name = "facts",
      .summary =
          "shows this machine: kernel TLS, NUMA nodes, CPUs, NICs, other programs that tune "
          "it; with --programs programs that speak TLS, with --explain OpenSSL, too",
      .words = {},
      .options = {{"--programs", "",
                   "also programs that speak TLS, whether they use kernel TLS, and who would "
                   "suffer by it; as root, to see all of them",
                   into<&Options::programs>()},
                  {"--bundle", "FILE.tar",
                   "show what a recording of this machine for others holds, also of programs that "
                   "speak TLS and their connections, and write it to this new tar archive: without "
                   "secrets, addresses, host names and users' names; as root, to see all programs",
                   into<&Options::bundle>()},
                  {"--list", "", "only show what --bundle would write", into<&Options::list>()}},
      .help = {.takes = {"--root", "--explain", "--verbose", "--timeout"},
               .examples = {{"ktls-tuner facts --programs",
                             "also which programs kernel TLS serves, and which it breaks"},
                            {"ktls-tuner facts --explain",
                             "also where each fact comes from, all known defects, and what "
                             "libssl can offload, which takes four times as long"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::DataUnusable,
                         ExitCode::Bug}},
      .prepare = with_request<facts_request, answer_facts>};
}

}  // namespace tuner
