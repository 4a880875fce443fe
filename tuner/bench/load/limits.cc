#include "bench/load/limits.h"

#include "bench/load/kernel/alg_cipher.h"
#include "bench/load/kernel/thread_cpu.h"
#include "probe/record_cipher.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <functional>
#include <span>
#include <thread>
#include <vector>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;
using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Cipher = Handle<EVP_CIPHER, EVP_CIPHER_free>;

constexpr std::size_t kLongestKey = 32;
constexpr std::size_t kNonce = 12;

// Each step works on the next part of the content and returns the bytes of it.
using Step = std::function<Result<std::size_t>(std::size_t at)>;

Result<LimitSample> repeat(BenchLimit limit, std::chrono::nanoseconds time, const Step& step) {
  LimitSample sample{.limit = limit};
  std::size_t at = 0;
  const std::int64_t ran_before = thread_running_ns();
  const auto start = SteadyClock::now();
  auto now = start;
  while (now < start + time) {
    const std::size_t done = TRY(step(at));
    sample.bytes += done;
    at = (at + done) % kContentBytes;
    now = SteadyClock::now();
  }
  sample.nanoseconds = (now - start).count();
  sample.running_ns = thread_running_ns() - ran_before;
  return sample;
}

// The compiler must not leave out a copy that nothing reads.
void keep(const void* memory) {
  __asm__ volatile("" : : "r"(memory) : "memory");
}

Result<LimitSample> copy_memory(std::chrono::nanoseconds time, const LoadContent& content) {
  std::vector<std::uint8_t> buffer(kCallBytes);
  return repeat(BenchLimit::MemoryCopy, time, [&](std::size_t at) -> Result<std::size_t> {
    std::memcpy(buffer.data(), content.bytes.data() + at, kCallBytes);
    keep(buffer.data());
    return kCallBytes;
  });
}

// Whole records of a cipher with a key and a nonce per record, and the record's header as
// additional data, as TLS 1.3 uses it.
class Records {
 public:
  static Result<Records> open(TlsCipher kind) {
    Records records(kind);
    records.cipher_.reset(EVP_CIPHER_fetch(nullptr, evp_name(kind), nullptr));
    records.context_.reset(EVP_CIPHER_CTX_new());
    if (!records.cipher_ || !records.context_) {
      Error error = openssl_error(fmt::format("{} of this libcrypto", word_of(kind)));
      error.fault = Fault::Unsupported;
      return fail(std::move(error));
    }
    return records;
  }

  // CCM's lengths of nonce and tag have no default that fits, and are set before the key.
  Outcome use(bool seal) {
    seals_ = seal;
    TRY(answer(EVP_CipherInit_ex2(context_.get(), cipher_.get(), nullptr, nullptr, seal ? 1 : 0,
                                  nullptr)));
    TRY(control(EVP_CTRL_AEAD_SET_IVLEN, kNonce, nullptr));
    if (kind_ == TlsCipher::Aes128Ccm) TRY(control(EVP_CTRL_AEAD_SET_TAG, kRecordTag, nullptr));
    // Without the cipher: with it everything would begin anew.
    const std::array<std::uint8_t, kLongestKey> key{1};
    return answer(
        EVP_CipherInit_ex2(context_.get(), nullptr, key.data(), nonce_.data(), -1, nullptr));
  }

  Outcome seal(const std::uint8_t* plain) {
    nonce_[0] = static_cast<std::uint8_t>(nonce_[0] + 1);
    TRY(pass(plain));
    return control(EVP_CTRL_AEAD_GET_TAG, kRecordTag, tag_.data());
  }

  // Opens the record that seal() made last; false tags are an error.
  Outcome open(const std::uint8_t* sealed) { return pass(sealed); }

  const std::vector<std::uint8_t>& out() const { return out_; }

 private:
  explicit Records(TlsCipher kind) : kind_(kind) {}

  static const char* evp_name(TlsCipher kind) {
    return kind == TlsCipher::Chacha20Poly1305 ? "ChaCha20-Poly1305" : word_of(kind).data();
  }

  Outcome pass(const std::uint8_t* in) {
    const std::array<std::uint8_t, kRecordHeader> header{0x17, 3, 3, 0x40, 0x11};
    constexpr int kSize = static_cast<int>(kLargestRecord);
    int size = 0;
    // -1: as use() said.
    TRY(answer(EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, nonce_.data(), -1, nullptr)));
    if (!seals_) TRY(control(EVP_CTRL_AEAD_SET_TAG, kRecordTag, tag_.data()));
    if (kind_ == TlsCipher::Aes128Ccm)
      TRY(answer(EVP_CipherUpdate(context_.get(), nullptr, &size, nullptr, kSize)));
    TRY(answer(EVP_CipherUpdate(context_.get(), nullptr, &size, header.data(),
                                static_cast<int>(header.size()))));
    TRY(answer(EVP_CipherUpdate(context_.get(), out_.data(), &size, in, kSize)));
    return answer(EVP_CipherFinal_ex(context_.get(), out_.data() + kLargestRecord, &size));
  }

  Outcome control(int command, std::size_t size, void* value) {
    return answer(EVP_CIPHER_CTX_ctrl(context_.get(), command, static_cast<int>(size), value));
  }

  Outcome answer(int returned) const {
    if (returned > 0) return {};
    return fail(openssl_error(fmt::format("{} of a record", word_of(kind_))));
  }

  TlsCipher kind_;
  bool seals_ = true;
  Cipher cipher_;
  CipherContext context_;
  std::array<std::uint8_t, kNonce> nonce_{};
  std::array<std::uint8_t, kRecordTag> tag_{};
  std::vector<std::uint8_t> out_ = std::vector<std::uint8_t>(kLargestRecord + kRecordTag);
};

Result<LimitSample> seal_records(BenchLimit limit, TlsCipher cipher, std::chrono::nanoseconds time,
                                 const LoadContent& content) {
  auto records = TRY(Records::open(cipher));
  TRY(records.use(/*seal=*/true));
  return repeat(limit, time, [&](std::size_t at) -> Result<std::size_t> {
    TRY(records.seal(content.bytes.data() + at));
    return kLargestRecord;
  });
}

Result<LimitSample> open_records(BenchLimit limit, TlsCipher cipher, std::chrono::nanoseconds time,
                                 const LoadContent& content) {
  auto records = TRY(Records::open(cipher));
  TRY(records.use(/*seal=*/true));
  TRY(records.seal(content.bytes.data()));
  // From here on nonce and tag stay, so that the same record is authentic each time.
  const std::vector<std::uint8_t> sealed = records.out();
  TRY(records.use(/*seal=*/false));
  return repeat(limit, time, [&](std::size_t) -> Result<std::size_t> {
    TRY(records.open(sealed.data()));
    return kLargestRecord;
  });
}

Result<LimitSample> seal_in_kernel(BenchLimit limit, TlsCipher cipher,
                                   std::chrono::nanoseconds time, const LoadContent& content) {
  auto kernel = TRY(AlgCipher::open(cipher));
  return repeat(limit, time, [&](std::size_t at) -> Result<std::size_t> {
    TRY(kernel.seal(std::span(content.bytes).subspan(at, kLargestRecord)));
    return kLargestRecord;
  });
}

Result<LimitSample> measure_here(BenchLimit limit, int cpu, std::chrono::nanoseconds time,
                                 const LoadContent& content) {
  TRY(pin_thread(cpu));
  for (const Word<TlsCipher>& row : kWords<TlsCipher>) {
    const CipherLimits limits = limits_of(row.value);
    if (limit == limits.seal) return seal_records(limit, row.value, time, content);
    if (limit == limits.open) return open_records(limit, row.value, time, content);
    if (limit == limits.kernel_seal) return seal_in_kernel(limit, row.value, time, content);
  }
  return copy_memory(time, content);
}

}  // namespace

// In a thread of its own, so that the caller stays on all CPUs.
Result<LimitSample> measure_limit(BenchLimit limit, int cpu, std::chrono::nanoseconds time,
                                  const LoadContent& content) {
  Result<LimitSample> sample;
  {
    const std::jthread thread([&] { sample = measure_here(limit, cpu, time, content); });
  }
  return sample;
}

}  // namespace tuner
