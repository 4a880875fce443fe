#include "host/net/netlink_attributes.h"

#include <fmt/format.h>

#include <linux/netlink.h>

#include <algorithm>
#include <cstring>

namespace tuner {
namespace {

constexpr std::size_t kHeader = NLA_HDRLEN;

std::size_t aligned(std::size_t size) {
  return NLA_ALIGN(size);
}

}  // namespace

Result<std::vector<Attribute>> parse_attributes(Bytes bytes) {
  std::vector<Attribute> attributes;
  while (bytes.size() >= kHeader) {
    const auto header = load<nlattr>(bytes);
    if (header.nla_len < kHeader || header.nla_len > bytes.size())
      return fail(Fault::Invalid, fmt::format("netlink attribute of {} bytes with {} bytes left",
                                              header.nla_len, bytes.size()));
    // The upper two bits of the type are flags: nested, and byte order
    // (include/uapi/linux/netlink.h).
    attributes.push_back({.type = static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK),
                          .payload = bytes.subspan(kHeader, header.nla_len - kHeader)});
    // nla_len has the header and not the padding. The last attribute may lack its padding.
    bytes = bytes.subspan(std::min(aligned(header.nla_len), bytes.size()));
  }
  return attributes;
}

std::string_view attribute_text(const Attribute& attribute) {
  const std::string_view text(reinterpret_cast<const char*>(attribute.payload.data()),
                              attribute.payload.size());
  return text.substr(0, text.find('\0'));
}

void AttributeWriter::put(std::uint16_t type, Bytes payload) {
  const std::size_t start = bytes_.size();
  const nlattr header{.nla_len = static_cast<std::uint16_t>(kHeader + payload.size()),
                      .nla_type = type};
  bytes_.resize(start + aligned(header.nla_len));
  std::memcpy(&bytes_[start], &header, sizeof(header));
  std::ranges::copy(payload, bytes_.begin() + static_cast<std::ptrdiff_t>(start + kHeader));
}

void AttributeWriter::put_text(std::uint16_t type, std::string_view text) {
  const std::string terminated(text);
  put(type, std::as_bytes(std::span(terminated.c_str(), terminated.size() + 1)));
}

void AttributeWriter::put_u8(std::uint16_t type, std::uint8_t value) {
  put(type, std::as_bytes(std::span(&value, 1)));
}

void AttributeWriter::put_u32(std::uint16_t type, std::uint32_t value) {
  put(type, std::as_bytes(std::span(&value, 1)));
}

std::size_t AttributeWriter::open_nest(std::uint16_t type) {
  const std::size_t start = bytes_.size();
  put(static_cast<std::uint16_t>(type | NLA_F_NESTED), {});
  return start;
}

// nla_len is the first field of struct nlattr. It is known only when the nest is complete.
void AttributeWriter::close_nest(std::size_t start) {
  const auto length = static_cast<std::uint16_t>(bytes_.size() - start);
  std::memcpy(&bytes_[start], &length, sizeof(length));
}

}  // namespace tuner
