// Removes what identifies a machine or opens it from text that leaves it: IP and MAC addresses, the
// host's name, names of users in paths, and the values of secrets. Equal addresses get equal
// substitutes, so that two files that name one NIC still do. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace tuner {

// Whether what stands behind words such as "password" or "psk" is removed.
enum class Secrets {
  Remove,      // in files that people write
  Assigned,    // in paths, whose names may have such a word: "tls-key.conf", but "key=x"
  InSentence,  // in sentences of this tool: "no key is set", but "key = x"
  NoneHere,    // in lists of the kernel: "kernel/net/key/af_key.ko"
};

class Scrubber {
 public:
  // "" and "localhost" name no host.
  explicit Scrubber(std::string_view host_name);

  // Substitutes are of the ranges for documentation: 192.0.2.0/24 (RFC 5737), 2001:db8::/32 (RFC
  // 3849), and locally administered 02:00:00:…; the host becomes "host", its domain "domain", and
  // /home/NAME becomes /home/user1. A host's name is also found as systemd writes it in the name of
  // a unit ("web\x2d1", systemd-escape(1)). The rest of a line behind the word for a secret becomes
  // "[removed]". Lines keep their numbers. Addresses that are the same everywhere (127.0.0.1, ::1,
  // 0.0.0.0, ::) stay.
  std::string text(std::string_view text, Secrets secrets);

  // How many places were replaced so far.
  struct Counts {
    std::size_t secrets = 0, mac_addresses = 0, ip_addresses = 0, host_names = 0, user_names = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  std::string line(std::string_view line, Secrets secrets);
  std::string addresses(std::string_view line);
  std::size_t take_mac(std::string_view text, std::size_t at, std::string& into);
  std::size_t take_mac_name(std::string_view text, std::size_t at, std::string& into);
  std::size_t take_ip(std::string_view text, std::size_t at, std::string& into);
  std::string names(std::string line);
  std::string users(std::string_view line);

  std::string host_, domain_;
  std::map<std::string, std::string, std::less<>> macs_, ips_, users_;  // → substitute
  Counts counts_;
};

}  // namespace tuner
