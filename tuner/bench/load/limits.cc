#include "bench/load/limits.h"

#include "bench/load/thread_cpu.h"
#include "probe/record_cipher.h"

#include <array>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

namespace tuner {
namespace {

using Clock = std::chrono::steady_clock;
using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Cipher = Handle<EVP_CIPHER, EVP_CIPHER_free>;

constexpr std::size_t kKey = 16;
constexpr std::size_t kNonce = 12;

// Each step works on the next part of the content and returns the bytes of it.
using Step = std::function<Result<std::size_t>(std::size_t at)>;

Result<LimitSample> repeat(BenchLimit limit, std::chrono::nanoseconds time, const Step& step) {
  LimitSample sample{.limit = limit};
  std::size_t at = 0;
  const auto start = Clock::now();
  auto now = start;
  while (now < start + time) {
    const std::size_t done = TRY(step(at));
    sample.bytes += done;
    at = (at + done) % kContentBytes;
    now = Clock::now();
  }
  sample.nanoseconds = (now - start).count();
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

// AES-128-GCM of whole records with a key and a nonce per record, and the record's header as
// additional data, as TLS 1.3 uses it.
class Records {
 public:
  static Result<Records> open() {
    Records records;
    records.cipher_.reset(EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr));
    records.context_.reset(EVP_CIPHER_CTX_new());
    if (!records.cipher_ || !records.context_) {
      Error error = openssl_error("AES-128-GCM of this libcrypto");
      error.fault = Fault::Unsupported;
      return fail(std::move(error));
    }
    return records;
  }

  Outcome use(bool seal) {
    const std::array<std::uint8_t, kKey> key{1};
    return answer(EVP_CipherInit_ex2(context_.get(), cipher_.get(), key.data(), nonce_.data(),
                                     seal ? 1 : 0, nullptr));
  }

  Outcome seal(const std::uint8_t* plain) {
    nonce_[0] = static_cast<std::uint8_t>(nonce_[0] + 1);
    TRY(begin(plain));
    int size = 0;
    TRY(answer(EVP_CipherFinal_ex(context_.get(), out_.data() + kLargestRecord, &size)));
    return answer(
        EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kRecordTag, tag_.data()));
  }

  // Opens the record that seal() made last; false tags are an error.
  Outcome open(const std::uint8_t* sealed) {
    TRY(begin(sealed));
    TRY(answer(
        EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kRecordTag, tag_.data())));
    int size = 0;
    return answer(EVP_CipherFinal_ex(context_.get(), out_.data() + kLargestRecord, &size));
  }

  const std::vector<std::uint8_t>& out() const { return out_; }

 private:
  Outcome begin(const std::uint8_t* in) {
    const std::array<std::uint8_t, kRecordHeader> header{0x17, 3, 3, 0x40, 0x11};
    int size = 0;
    // -1: as use() said.
    TRY(answer(EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, nonce_.data(), -1, nullptr)));
    TRY(answer(EVP_CipherUpdate(context_.get(), nullptr, &size, header.data(),
                                static_cast<int>(header.size()))));
    return answer(
        EVP_CipherUpdate(context_.get(), out_.data(), &size, in, static_cast<int>(kLargestRecord)));
  }

  static Outcome answer(int returned) {
    if (returned > 0) return {};
    return fail(openssl_error("AES-128-GCM of a record"));
  }

  Cipher cipher_;
  CipherContext context_;
  std::array<std::uint8_t, kNonce> nonce_{};
  std::array<std::uint8_t, kRecordTag> tag_{};
  std::vector<std::uint8_t> out_ = std::vector<std::uint8_t>(kLargestRecord + kRecordTag);
};

Result<LimitSample> seal_records(std::chrono::nanoseconds time, const LoadContent& content) {
  auto records = TRY(Records::open());
  TRY(records.use(/*seal=*/true));
  return repeat(BenchLimit::AesSeal, time, [&](std::size_t at) -> Result<std::size_t> {
    TRY(records.seal(content.bytes.data() + at));
    return kLargestRecord;
  });
}

Result<LimitSample> open_records(std::chrono::nanoseconds time, const LoadContent& content) {
  auto records = TRY(Records::open());
  TRY(records.use(/*seal=*/true));
  TRY(records.seal(content.bytes.data()));
  const std::vector<std::uint8_t> sealed = records.out();
  TRY(records.use(/*seal=*/false));
  return repeat(BenchLimit::AesOpen, time, [&](std::size_t) -> Result<std::size_t> {
    TRY(records.open(sealed.data()));
    return kLargestRecord;
  });
}

Result<LimitSample> measure_here(BenchLimit limit, int cpu, std::chrono::nanoseconds time,
                                 const LoadContent& content) {
  TRY(pin_thread(cpu));
  switch (limit) {
    case BenchLimit::MemoryCopy: return copy_memory(time, content);
    case BenchLimit::AesSeal: return seal_records(time, content);
    case BenchLimit::AesOpen: break;
  }
  return open_records(time, content);
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
