#include "probe/handshake/arguments.h"

#include "base/text.h"
#include "probe/handshake/loopback.h"
#include "probe/handshake/wire_message.h"
#include "probe/report_json.h"

#include <fmt/format.h>

#include <optional>

namespace tuner {
namespace {

constexpr std::string_view kUsage =
    "usage: ktls-tuner-probe --library | --configuration default|-|PATH | --loopback |\n"
    "                        --listen ADDRESS:PORT | --connect HOST:PORT | --server HOST:PORT\n"
    "                        [--bytes N] [--time-limit SECONDS] [--version TLSv1.2|TLSv1.3]\n"
    "                        [--cipher NAME] [--without-ktls] [--key-updates] [--kernel-trials]\n"
    "                        [--server-name NAME] [--starttls smtp|imap|postgres]\n"
    "                        [--cafile PATH] [--insecure] [--http-get PATH] [--key-update]\n"
    "--listen and --connect read the token as one line from stdin";

// Two payloads of this size are held in memory.
constexpr std::int64_t kMostBytes = 256LL << 20U;
constexpr std::int64_t kLongestLimit = 3600;

tl::unexpected<Error> usage_error(std::string text) {
  return fail(Fault::Invalid, std::move(text), std::string(kUsage));
}

struct Parsed {
  std::optional<Arguments::What> what;
  Arguments arguments;
  std::optional<TlsVersion> version;
  std::optional<TlsCipher> cipher;
};

Result<std::int64_t> number(std::string_view option, std::string_view text, std::int64_t most) {
  const auto value = parse_integer(text);
  if (value && *value >= 1 && *value <= most) return *value;
  return usage_error(fmt::format("{}: '{}' is not a number from 1 to {}", option, text, most));
}

Outcome take_place(Parsed& options, std::string_view option, std::string_view text) {
  auto place = TRY(option == "--listen" ? parse_listen_address(text) : parse_peer(text));
  options.what = option == "--listen"   ? Arguments::What::Listen
                 : option == "--server" ? Arguments::What::Server
                                        : Arguments::What::Connect;
  options.arguments.place = std::move(place);
  return {};
}

// What is about a server elsewhere.
Outcome take_server_value(Arguments& arguments, std::string_view option, std::string_view text) {
  if (text.empty()) return usage_error(fmt::format("{}: the value is empty", option));
  if (option == "--starttls") {
    arguments.starttls = from_word<Starttls>(text);
    if (!arguments.starttls) return usage_error(fmt::format("--starttls: '{}' is unknown", text));
  } else if (option == "--server-name") {
    arguments.server_name = text;
  } else if (option == "--cafile") {
    arguments.ca_file = text;
  } else if (option == "--http-get") {
    arguments.http_path = text;
  } else {
    return usage_error(fmt::format("unknown option '{}'", option));
  }
  return {};
}

Outcome take_value(Parsed& options, std::string_view option, std::string_view text) {
  if (option == "--listen" || option == "--connect" || option == "--server")
    return take_place(options, option, text);
  if (option == "--configuration") {
    options.what = Arguments::What::Configuration;
    options.arguments.configuration = std::string(text);
  } else if (option == "--bytes") {
    const auto bytes = TRY(number(option, text, kMostBytes));
    options.arguments.bytes_each_way = static_cast<std::uint64_t>(bytes);
  } else if (option == "--time-limit") {
    const auto limit = TRY(number(option, text, kLongestLimit));
    options.arguments.time_limit = std::chrono::seconds(limit);
  } else if (option == "--version") {
    options.version = from_word<TlsVersion>(text);
    if (!options.version) return usage_error(fmt::format("--version: '{}' is unknown", text));
  } else if (option == "--cipher") {
    options.cipher = from_word<TlsCipher>(text);
    if (!options.cipher) return usage_error(fmt::format("--cipher: '{}' is unknown", text));
  } else {
    return take_server_value(options.arguments, option, text);
  }
  return {};
}

// Options without a value.
bool take_flag(Parsed& options, std::string_view word) {
  if (word == "--library") options.what = Arguments::What::Library;
  if (word == "--loopback") options.what = Arguments::What::Loopback;
  if (word == "--without-ktls") options.arguments.ask_ktls = false;
  if (word == "--key-updates") options.arguments.key_updates = true;
  if (word == "--kernel-trials") options.arguments.kernel_trials = true;
  if (word == "--insecure") options.arguments.insecure = true;
  if (word == "--key-update") options.arguments.key_update = true;
  return word == "--library" || word == "--loopback" || word == "--without-ktls" ||
         word == "--key-updates" || word == "--kernel-trials" || word == "--insecure" ||
         word == "--key-update";
}

// The usual cells that match --version. With --cipher: that cipher, even if it is not a usual one.
std::vector<CellKey> chosen_cells(const Parsed& options) {
  std::vector<CellKey> cells;
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    if (options.version && *options.version != version) continue;
    for (const CellKey& usual : usual_cells()) {
      if (usual.version == version && !options.cipher) cells.push_back(usual);
    }
    if (options.cipher) cells.push_back({version, *options.cipher});
  }
  return cells;
}

}  // namespace

Result<Arguments> parse_arguments(std::span<const std::string_view> words) {
  Parsed options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (take_flag(options, words[i])) continue;
    if (i + 1 == words.size())
      return usage_error(fmt::format("'{}' is unknown or needs a value", words[i]));
    if (const auto taken = take_value(options, words[i], words[i + 1]); !taken) {
      return fail(taken.error());
    }
    ++i;
  }
  if (!options.what)
    return usage_error(
        "one of --library, --configuration, --loopback, --listen, --connect and --server is "
        "required");
  const bool wire =
      *options.what == Arguments::What::Listen || *options.what == Arguments::What::Connect;
  if (wire && options.arguments.bytes_each_way > kMostWireBytes) {
    return usage_error(fmt::format("--bytes: at most {} across the wire", kMostWireBytes));
  }
  if (*options.what != Arguments::What::Loopback) {
    if (options.arguments.key_updates) return usage_error("--key-updates is for --loopback");
    if (options.arguments.kernel_trials) return usage_error("--kernel-trials is for --loopback");
  }
  Arguments& arguments = options.arguments;
  // Without the interface of a link-local address.
  if (arguments.server_name.empty())
    arguments.server_name = arguments.place.host.substr(0, arguments.place.host.find('%'));
  options.arguments.what = *options.what;
  options.arguments.cells = chosen_cells(options);
  return options.arguments;
}

}  // namespace tuner
