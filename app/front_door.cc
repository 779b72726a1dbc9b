// SPDX-License-Identifier: Apache-2.0
#include "app/front_door.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace app {

namespace asio = boost::asio;

namespace {

// Certificates are renewed days before they end; somebody who has just put one there does not want to wait for long.
constexpr std::chrono::seconds kLookAtCertificate{10};

}  // namespace

FrontDoor::FrontDoor(ServerSection section, base::Executor files, const base::Clock& clock, base::Metrics& metrics)
    : section_(std::move(section)), guard_(section_.rules(), clock, metrics), watch_(std::move(files)) {}

FrontDoor::~FrontDoor() = default;

base::Result<std::unique_ptr<FrontDoor>> FrontDoor::open(const ServerSection& section, const std::string& listen_flag,
                                                         base::Executor net, base::Executor files,
                                                         const base::Clock& clock, base::Metrics& metrics) {
  std::unique_ptr<FrontDoor> door(new FrontDoor(section, std::move(files), clock, metrics));
  BOOST_OUTCOME_TRY(auto options, section.options(listen_flag));
  if (section.tls) {
    BOOST_OUTCOME_TRY(door->tls_, net::http::ServerTls::open(section.tls->files(), metrics));
    options.tls = door->tls_;
  }
  door->address_ = options.address;
  door->server_ = net::http::make_server(options, std::move(net), metrics);
  return door;
}

base::Result<void> FrontDoor::start() {
  BOOST_OUTCOME_TRY(server_->start());
  base::log::info("server: listening",
                  {{"address", address_}, {"port", server_->port()}, {"tls", tls_ ? "yes" : "no"}});
  if (tls_) watch_.spawn(watch_certificate());
  return base::ok();
}

base::Task<void> FrontDoor::stop() {
  watch_.cancel();
  co_await watch_.wait();
  co_await server_->stop();
}

std::vector<std::string> FrontDoor::take(const ServerSection& next) {
  guard_.use(next.rules());
  if (tls_ && next.tls) {
    if (auto loaded = tls_->load(next.tls->files()); !loaded) {
      base::log::error("reload: the certificate before it stays", {{"why", loaded.error().message}});
    }
  }
  return options_for_next_start(section_, next);
}

base::Task<void> FrontDoor::watch_certificate() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!(co_await asio::this_coro::cancellation_state).cancelled()) {
    boost::system::error_code ignored;
    timer.expires_after(kLookAtCertificate);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    auto loaded = tls_->load_if_changed();
    if (!loaded) {
      base::log::error("tls: the certificate before it stays", {{"why", loaded.error().message}});
    } else if (loaded.value()) {
      base::log::info("tls: a new certificate is in use");
    }
  }
}

}  // namespace app
