#include "bench/load/exchange.h"

#include "bench/load/exchange_client.h"
#include "bench/load/exchange_server.h"
#include "probe/handshake/connection/loopback_pair.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <thread>

namespace tuner {
namespace {

class Exchange {
 public:
  Exchange(const ExchangePlan& plan, const LoadContent& content) : plan_(plan), content_(content) {}

  Outcome open(const Identity& identity) {
    signals_.stop = UniqueFd(::eventfd(0, EFD_CLOEXEC));
    if (!signals_.stop) return fail(errno_error(errno, "create an eventfd"));
    TRY(make_contexts(identity));
    for (std::size_t i = 0; i < plan_.connections; ++i) TRY(add_connection());
    return {};
  }

  // Runs `work` in a thread on the generator's CPU, with the server in another.
  Outcome run(const std::function<Outcome(ExchangeClient& client)>& work) {
    {
      // The end of this block joins both threads.
      const std::jthread serving([&] {
        ExchangeServer server(servers_, server_fds_, plan_, content_, signals_);
        if (auto done = server.run(); !done) fail_with(done.error());
      });
      const std::jthread calling([&] {
        ExchangeClient client(clients_, client_fds_, plan_, content_, signals_);
        auto done = client.connect_all();
        if (done) done = work(client);
        if (!done) fail_with(done.error());
        // Also after a failure the server must be told: it waits for requests that do not come.
        ::eventfd_write(signals_.stop.get(), 1);
      });
    }
    if (error_) return fail(*error_);
    return {};
  }

  // Before the sockets are closed: a closed socket has no diagnostics.
  void add_evidence(ExchangeResult& result, const AskUlp& ask_ulp) const {
    for (const LoadEnd& end : servers_) result.servers.push_back(end.evidence(ask_ulp));
    for (const LoadEnd& end : clients_) result.clients.push_back(end.evidence(ask_ulp));
  }

 private:
  // The generator reads several records by one call (read-ahead), as a client that wants speed
  // does; so it is rather the server that limits.
  Outcome make_contexts(const Identity& identity) {
    if (!is_tls(plan_.variant.mode)) return {};
    const CellKey cell{.version = plan_.variant.version.value(),
                       .cipher = plan_.variant.cipher.value()};
    serving_ = TRY(server_context({.cell = cell, .ask_ktls = plan_.ask_ktls}, identity));
    calling_ = TRY(client_context({.cell = cell, .ask_ktls = false}));
    SSL_CTX_set_read_ahead(calling_.get(), 1);
    SSL_CTX_set_default_read_buffer_len(calling_.get(), 2 * kLargestRecord);
    return {};
  }

  Outcome add_connection() {
    LoopbackPair pair = TRY(loopback_pair(plan_.deadline));
    server_fds_.push_back(pair.server.get());
    client_fds_.push_back(pair.client.get());
    sockets_.push_back(std::move(pair));
    if (is_tls(plan_.variant.mode)) {
      servers_.push_back(TRY(LoadEnd::tls(serving_.get(), server_fds_.back(), plan_.ask_ktls)));
      clients_.push_back(TRY(LoadEnd::tls(calling_.get(), client_fds_.back(), false)));
    } else {
      servers_.push_back(LoadEnd::plain(server_fds_.back()));
      clients_.push_back(LoadEnd::plain(client_fds_.back()));
    }
    return {};
  }

  // Keeps the first error, the second is a consequence, and wakes the other end.
  void fail_with(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
    for (const LoopbackPair& pair : sockets_) {
      for (const int fd : {pair.client.get(), pair.server.get()}) ::shutdown(fd, SHUT_RDWR);
    }
  }

  const ExchangePlan& plan_;
  const LoadContent& content_;
  ExchangeSignals signals_;
  SslContext serving_, calling_;
  std::vector<LoopbackPair> sockets_;
  std::vector<int> server_fds_, client_fds_;
  std::vector<LoadEnd> servers_, clients_;
  std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace

Result<ExchangeResult> exchange(const ExchangePlan& plan, const LoadContent& content,
                                const Identity& identity, const AskUlp& ask_ulp) {
  Exchange both(plan, content);
  TRY(both.open(identity));
  ExchangeResult result;
  TRY(both.run([&](ExchangeClient& client) { return client.open_loop(result); }));
  both.add_evidence(result, ask_ulp);
  return result;
}

Result<double> closed_loop_per_second(const ExchangePlan& plan, std::chrono::nanoseconds time,
                                      const LoadContent& content, const Identity& identity) {
  Exchange both(plan, content);
  TRY(both.open(identity));
  Result<double> per_second;
  const auto done = both.run([&](ExchangeClient& client) -> Outcome {
    per_second = client.closed_loop(time);
    if (!per_second) return fail(per_second.error());
    return {};
  });
  if (!done) return fail(done.error());
  return per_second;
}

}  // namespace tuner
