#include "bench/load/connection_maker.h"

#include <fmt/format.h>

#include <sys/resource.h>

#include <cerrno>

namespace tuner {
namespace {

// Besides the two ends of each connection: listeners, epoll sets, content, channels.
constexpr std::uint64_t kOtherFiles = 64;

}  // namespace

Outcome allows_connections(std::size_t connections) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
    return fail(errno_error(errno, "read the limit of open files"));
  const std::uint64_t needed = 2 * connections + kOtherFiles;
  if (needed <= files.rlim_cur) return {};
  return fail(
      Fault::Unsupported,
      fmt::format("{} connections with both ends here need {} open files, and the limit is "
                  "{}: raise it with ulimit -Hn {}, as root, or with LimitNOFILE= of a unit",
                  connections, needed, files.rlim_cur, needed));
}

ConnectionMaker::ConnectionMaker(MakePlan plan) : plan_(plan) {}

Result<std::unique_ptr<ConnectionMaker>> ConnectionMaker::start(
    const MakePlan& plan, const Identity& identity, std::span<const std::uint8_t> greeting) {
  TRY(allows_connections(plan.open));
  std::unique_ptr<ConnectionMaker> maker(new ConnectionMaker(plan));
  TRY(maker->prepare(identity, greeting));
  ConnectionMaker* const self = maker.get();
  maker->threads_ = std::make_unique<EndThreads>(
      plan.cpus, [self](const EndThreads& threads) { return self->serving_.run(threads); },
      [self](const EndThreads& threads) { return self->calling_.run(threads); });
  return maker;
}

// Resumption is off (context.h), so a ticket would be sent and kept for nothing. As servers with
// many connections do, OpenSSL gives the buffers of a connection back while it has nothing to do.
Outcome ConnectionMaker::prepare(const Identity& identity, std::span<const std::uint8_t> greeting) {
  if (is_tls(plan_.variant.mode)) {
    const CellKey cell{.version = plan_.variant.version.value(),
                       .cipher = plan_.variant.cipher.value()};
    serving_context_ = TRY(server_context({.cell = cell, .ask_ktls = plan_.ask_ktls}, identity));
    calling_context_ = TRY(client_context({.cell = cell, .ask_ktls = false}));
    SSL_CTX_set_num_tickets(serving_context_.get(), 0);
    for (SSL_CTX* context : {serving_context_.get(), calling_context_.get()})
      SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    // One call then reads header and body of a record, as receivers in user space do elsewhere
    // here.
    SSL_CTX_set_read_ahead(calling_context_.get(), 1);
  }
  EndsPlan ends{.context = serving_context_.get(),
                .ask_ktls = plan_.ask_ktls,
                .open = plan_.open,
                .replace = plan_.replace,
                .greeting = greeting};
  auto servers = TRY(serving_.listen(ends));
  ends.context = calling_context_.get();
  ends.ask_ktls = false;
  calling_.prepare(ends, std::move(servers));
  return {};
}

Result<ConnectionSet> ConnectionMaker::finish(Deadline deadline) {
  if (plan_.replace) calling_.make_no_more();
  const auto all = [&] {
    const bool enough = plan_.replace ? calling_.complete() : calling_.made() == plan_.open;
    // A greeting may have arrived before the thread that sent it has counted it.
    return enough && serving_.greeted() == calling_.made();
  };
  TRY(threads_->run_until(all, deadline, fmt::format("make {} connections", plan_.open)));
  TRY(threads_->end());
  return ConnectionSet{.senders = serving_.take(),
                       .receivers = calling_.take(),
                       .made = calling_.made(),
                       .kernel_senders = serving_.kernel_senders(),
                       .kernel_receivers = serving_.kernel_receivers()};
}

}  // namespace tuner
