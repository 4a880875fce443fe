// Short texts from the kernel, command lines and documents.
//   t tls_stat   i interrupts   4 6 routes   k kernel configuration   l m CPU lists and masks
//   d durations   z times   a addresses   n token   o module names   c /proc/crypto   s sinks
//   h HTTP replies   0 1 2 the plain text before TLS of SMTP, IMAP, PostgreSQL
#include "base/cpu_set.h"
#include "base/duration.h"
#include "base/rfc3339.h"
#include "fuzz/fuzz.h"
#include "host/facts/deny_list.h"
#include "host/facts/interrupts.h"
#include "host/facts/kernel_config.h"
#include "host/net/routes.h"
#include "model/kernel_crypto.h"
#include "model/text_sinks.h"
#include "model/utf8.h"
#include "probe/host_port.h"
#include "probe/http_reply.h"
#include "probe/starttls.h"
#include "probe/tls_stat.h"
#include "probe/token.h"

#include <algorithm>
#include <string>

namespace {

using namespace tuner;
using fuzz::demand;

void cpus(const Result<CpuSet>& parsed) {
  fuzz::demand_reason(parsed);
  if (!parsed) return;
  const auto list = CpuSet::parse_list(parsed->to_list());
  demand(list && *list == *parsed, "a set is equal to its list");
  const auto mask = CpuSet::parse_mask(parsed->to_mask());
  demand(mask && *mask == *parsed, "a set is equal to its mask");
  demand(parsed->size() == static_cast<int>(parsed->members().size()),
         "the size is the number of members");
}

void duration(std::string_view text) {
  const auto parsed = parse_duration(text);
  fuzz::demand_reason(parsed);
  if (!parsed) return;
  demand(*parsed >= std::chrono::seconds(1) && *parsed <= std::chrono::hours(24), "within a day");
  const auto seconds = parse_duration(std::to_string(parsed->count()));
  demand(seconds && *seconds == *parsed, "the same in seconds");
}

void time(std::string_view text) {
  const auto parsed = from_rfc3339(text);
  if (parsed) demand(rfc3339(*parsed) == text, "a time is formatted as it was parsed");
}

void address(std::string_view text) {
  for (const auto& parsed : {parse_peer(text), parse_listen_address(text)}) {
    fuzz::demand_reason(parsed);
    if (!parsed) continue;
    demand(!parsed->host.empty(), "an address has a host");
    const auto again = parse_listen_address(to_text(*parsed));
    if (again) demand(*again == *parsed, "an address is unchanged after formatting");
  }
}

void crypto(std::string_view text) {
  const CryptoFacts facts{.drivers = parse_proc_crypto(text)};
  for (const CryptoDriver& driver : facts.drivers)
    demand(!driver.name.empty() && !driver.driver.empty(), "a driver has a name");
  for (const KernelCipher& cipher : kernel_ciphers(facts)) {
    demand(!cipher.because.empty(), "a class has a reason");
    demand(cipher.driver.empty() == (cipher.kind == CipherClass::NotInstantiated),
           "an instantiated class has a driver");
  }
}

void tls_stat(std::string_view text) {
  const TlsCounters stat = parse_tls_stat(text);
  for (const auto& [name, moved] : tls_stat_delta(stat, stat))
    demand(moved == 0 && !name.empty(), "equal counters have no delta");
}

void sinks(std::string_view text) {
  for (const auto sink : {for_html, for_markdown, for_xml, for_prometheus_label, for_plugin_line,
                          for_csv, for_log_value}) {
    const std::string written = sink(text);
    demand(escaped_line(written) == written, "one line without hidden characters");
  }
  demand(for_html(text).find_first_of("<>\"'") == std::string::npos, "no characters of markup");
}

// What is read of a reply, in parts of this size, and its end in a word.
std::string http_reply(std::string_view text, std::size_t size) {
  std::string read;
  HttpReply reply([&](std::string_view part) { read += part; });
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
    const auto complete = reply.take(text.substr(0, size));
    fuzz::demand_reason(complete);
    if (!complete) return read + " " + std::string(fault_name(complete.error().fault));
    if (*complete) return read + " complete " + std::to_string(reply.status());
  }
  return read + (reply.complete_at_end() ? " to the end" : " cut");
}

void starttls(Starttls protocol, std::string_view text) {
  StarttlsDialog dialog(protocol);
  std::size_t sent = dialog.begin().send.size();
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto turn = dialog.take(text.substr(at, 1));
    fuzz::demand_reason(turn);
    if (!turn) {
      demand(escaped_line(turn.error().text) == turn.error().text, "no hidden characters");
      return;
    }
    sent += turn->send.size();
    if (turn->ready) return;
  }
  demand(text.size() <= kLongestDialog, "a dialog has an end");
  demand(sent < 100, "the client sends each of its lines once");
}

FUZZ_TARGET(text) {
  fuzz::Input input(data, size);
  const char kind = input.kind();
  const std::string_view text = input.rest();
  switch (kind) {
    case 't': tls_stat(text); break;
    case 'c': crypto(text); break;
    case 'i':
      for (const auto& [irq, name] : parse_interrupts(text))
        demand(irq >= 0, "an interrupt number is not negative");
      break;
    case '4':
      for (const auto& nic : default_routes_v4(text)) demand(!nic.empty(), "a route has a NIC");
      break;
    case '6':
      for (const auto& nic : default_routes_v6(text)) demand(!nic.empty(), "a route has a NIC");
      break;
    case 'k': (void)config_value(text, "CONFIG_TLS"); break;
    case 'l': cpus(CpuSet::parse_list(text)); break;
    case 'm': cpus(CpuSet::parse_mask(text)); break;
    case 'd': duration(text); break;
    case 'z': time(text); break;
    case 'a': address(text); break;
    case 'n': fuzz::demand_reason(parse_token(text)); break;
    case 'o':
      demand(same_module(text, text), "a module is equal to itself");
      (void)denial_in(text, "tls");
      break;
    case 's': sinks(text); break;
    case 'h':
      demand(http_reply(text, 1) == http_reply(text, text.size() + 1),
             "the size of the parts makes no difference");
      break;
    case '0': starttls(Starttls::Smtp, text); break;
    case '1': starttls(Starttls::Imap, text); break;
    case '2': starttls(Starttls::Postgres, text); break;
    default: break;
  }
  return 0;
}

}  // namespace
