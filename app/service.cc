// SPDX-License-Identifier: Apache-2.0
#include "app/service.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <iterator>
#include <mutex>
#include <thread>

#include "app/await.h"
#include "app/bus_wiring.h"
#include "app/clicks.h"
#include "app/front_door.h"
#include "app/heartbeat/heart.h"
#include "app/input_recorder.h"
#include "app/listeners.h"
#include "app/log_endpoints.h"
#include "app/pipeline.h"
#include "app/routes.h"
#include "base/log.h"
#include "base/task_group.h"
#include "base/threads.h"
#include "base/version.h"
#include "ingest/alert_webhook.h"
#include "net/http/curl_client.h"

namespace app {

namespace {

using net::http::ServerRequest;
using net::http::ServerResponse;

// Stages give way to intake and health: what is accepted is durable and can wait, what is not yet accepted can't.
constexpr int kWorkNice = 15;

// Between questions for the topics that there are.
constexpr std::chrono::seconds kAskAgain(10);

int work_threads() { return static_cast<int>(std::max(2u, std::thread::hardware_concurrency())); }

std::vector<std::string> as_lines(const base::yaml::Problems& problems, const std::string& file) {
  std::vector<std::string> lines;
  for (const auto& problem : problems.sorted()) lines.push_back(base::yaml::to_string(problem, file));
  return lines;
}

}  // namespace

struct Service::Parts {
  explicit Parts(ServiceSettings given) : settings(std::move(given)) {}

  base::Result<void> load();
  base::Result<void> start_bus();
  base::Result<void> start_pipeline();
  base::Result<void> start_server();
  base::Task<Reloaded> reload();
  base::Task<Reloaded> take(Config next);
  void note_reload(const Reloaded& reloaded);
  base::Task<ServerResponse> intake(ServerRequest request);
  std::vector<Check> checks() const;
  heartbeat::HeartOptions heart_options() const;
  void note_start() const;
  void note_reload(bool ok);
  bool is_shared() const;
  base::Executor looking();
  base::Result<std::unique_ptr<bus::Archive>> look() const;
  bool begin_change();
  void end_change();
  base::Task<void> end_removed_sinks();
  base::Task<bool> try_end_removed_sinks();

  const ServiceSettings settings;
  base::Metrics metrics;
  base::SystemClock clock;
  base::Rng rng{static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count())};
  base::Threads net{"net", 1};
  base::Threads work{"work", work_threads(), kWorkNice};
  base::Threads files{"files", 1, kWorkNice};
  std::unique_ptr<InputRecorder> recorder;
  std::unique_ptr<net::http::Client> http;
  std::unique_ptr<net::http::Client> sink_http;  // Null: sinks send with `http`.
  std::optional<Config> config;
  BusSection section;  // Of the bus that runs: reloads keep it.
  std::optional<base::Threads> looks;
  std::unique_ptr<bus::Bus> bus;
  std::unique_ptr<Pipeline> pipeline;
  std::unique_ptr<heartbeat::Heart> heart;
  std::unique_ptr<ingest::AlertWebhook> webhook;
  std::unique_ptr<Clicks> clicks;
  std::unique_ptr<Listeners> listeners;  // Null: not in this role.
  std::unique_ptr<FrontDoor> door;
  mutable std::mutex mutex;  // Guards the two below.
  std::string broken_config;
  bool reloading = false;
  bool stopped = false;
  base::TaskGroup tasks{work.executor()};
};

// Looking at a shared log waits for a network: on a thread of its own.
bool Service::Parts::is_shared() const { return section.type != BusType::kEmbedded; }
base::Executor Service::Parts::looking() { return looks ? looks->executor() : files.executor(); }
base::Result<std::unique_ptr<bus::Archive>> Service::Parts::look() const {
  return open_archive(section, settings.data_dir);
}

base::Result<void> Service::Parts::load() {
  http = net::http::make_client({}, net.executor());
  if (!settings.record.empty()) {
    // Questions are recorded, what sinks say is not: their URLs and bodies hold tokens, and a replay tells nobody.
    BOOST_OUTCOME_TRY(recorder, InputRecorder::open(settings.record));
    http = recorder->wrap(std::move(http));
    sink_http = net::http::make_client({}, net.executor());
    BOOST_OUTCOME_TRY(sink_http->start());
  }
  base::yaml::Problems problems;
  config = load_config(settings.config, {*http, files.executor(), sink_http.get()}, problems);
  for (const std::string& line : as_lines(problems, settings.config)) base::log::warn("config: " + line);
  if (!config) return base::permanent(base::Reason::kBadRequest, settings.config + ": has errors, see above");
  return http->start();
}

base::Result<void> Service::Parts::start_bus() {
  section = config->bus;
  auto roles = Roles::of(settings.roles);
  BOOST_OUTCOME_TRY(roles.fit(section.type));
  if (!roles.has_work()) {
    base::log::warn("roles: there is nothing to do yet for the only role", {{"role", "investigate"}});
  }
  if (is_shared()) looks.emplace("looks", 1, kWorkNice);
  bus = make_bus(section, settings.data_dir, roles, {clock, metrics, work.executor(), kWorkNice});
  return bus->start();
}

base::Result<void> Service::Parts::start_pipeline() {
  std::vector<std::string> topics;
  if (!is_shared()) {
    BOOST_OUTCOME_TRY(auto archive, look());
    BOOST_OUTCOME_TRY(topics, archive->topics());
  }
  pipeline = std::make_unique<Pipeline>(
      std::move(*config), Roles::of(settings.roles),
      PipelineDeps{*bus, clock, rng, metrics, work.executor(), sink_http ? *sink_http : *http});
  BOOST_OUTCOME_TRY(pipeline->start(topics));
  heart = std::make_unique<heartbeat::Heart>(*bus, clock, metrics, pipeline->passes(), work.executor());
  heart->start(heart_options());
  if (is_shared() && Roles::of(settings.roles).sinks) tasks.spawn(end_removed_sinks());
  return base::ok();
}

base::Result<void> Service::Parts::start_server() {
  BOOST_OUTCOME_TRY(door, FrontDoor::open(pipeline->config().server, settings.listen, net.executor(), files.executor(),
                                          clock, metrics));
  webhook = std::make_unique<ingest::AlertWebhook>(*bus, clock, metrics);
  clicks = std::make_unique<Clicks>(*bus, clock, metrics);
  clicks->use(pipeline->config().inboxes());
  door->route(
      "POST", "/api/slack/interactivity", [this](ServerRequest request) { return clicks->handle(std::move(request)); },
      [this](const ServerRequest& head) { return clicks->judge_head(head); }, Clicks::kLargest);
  if (Roles::of(settings.roles).sinks) {
    listeners = std::make_unique<Listeners>(*clicks, metrics, rng, net.executor());
    listeners->use(pipeline->config().inboxes());
  }
  if (Roles::of(settings.roles).ingest) {
    door->route("POST", "/api/alerts", [this](ServerRequest request) { return intake(std::move(request)); });
  }
  auto add = [this](auto& method, auto& path, auto handler) { door->route(method, path, std::move(handler)); };
  add_routes(
      add, metrics,
      {.checks = [this] { return checks(); },
       .reload = [this] { return on(work.executor(), reload()); },
       .findings = [this](int limit) { return on(looking(), newest_findings([this] { return look(); }, limit)); },
       .change_dead_letters =
           [this](std::string body) {
             return on(looking(), change_letters([this] { return look(); }, *bus, !is_shared(), std::move(body)));
           }});
  return door->start();
}

base::Task<ServerResponse> Service::Parts::intake(ServerRequest request) {
  std::string body = recorder ? request.body : std::string();
  auto response = co_await webhook->handle(std::move(request));
  if (recorder && response.status == 200) recorder->accepted(clock.now(), body);
  co_return response;
}

heartbeat::HeartOptions Service::Parts::heart_options() const {
  const Config& now = pipeline->config();
  return {now.heartbeat, now.watchdog, Roles::of(settings.roles).ingest, is_shared()};
}

std::vector<Check> Service::Parts::checks() const {
  auto health = bus->health();
  std::vector<Check> found;
  {
    std::lock_guard lock(mutex);
    found = {{"config", true, broken_config.empty() ? "" : "the file on disk is not taken, the one before it runs"},
             {"log", health.writable, health.detail}};
  }
  for (const auto& stage : health.stages) found.push_back({"stage/" + stage.stage, stage.ready, stage.detail});
  if (auto beats = heart->check()) found.push_back(std::move(*beats));
  // A sick sink keeps its deliveries; restarting or avoiding this process would mend nothing.
  for (auto& sink : pipeline->sink_health()) {
    found.push_back({"sink/" + sink.sink, sink.ok, std::move(sink.detail), false});
  }
  if (listeners) {
    for (auto& line : listeners->checks()) found.push_back(std::move(line));
  }
  return found;
}

void Service::Parts::note_start() const {
  const Config& now = pipeline->config();
  base::log::info("tocsin: starting", {{"version", base::kVersion},
                                       {"config", settings.config},
                                       {"bus", is_shared() ? "kafka" : "embedded"},
                                       {"data_dir", settings.data_dir},
                                       {"roles", fmt::format("{}", fmt::join(Roles::of(settings.roles).names(), ","))},
                                       {"playbooks", now.playbooks->playbooks.size()},
                                       {"sinks", now.sinks.members.size()}});
}

void Service::Parts::note_reload(bool ok) {
  metrics.gauge("tocsin_config_last_reload_successful", "Whether the last configuration file read was taken.")
      .Set(ok ? 1 : 0);
  if (ok) {
    metrics.gauge("tocsin_config_last_reload_success_timestamp_seconds", "When a configuration file was last taken.")
        .Set(base::to_unix_seconds(clock.now()));
  }
}

base::Task<Reloaded> Service::Parts::reload() {
  Reloaded reloaded;
  if (!begin_change()) {
    reloaded.problems.push_back("a reload is under way");
    co_return reloaded;
  }
  base::yaml::Problems problems;
  auto next = load_config(settings.config, {*http, files.executor(), sink_http.get()}, problems);
  auto lines = as_lines(problems, settings.config);
  for (const std::string& line : lines) base::log::warn("reload: " + line);
  if (next) {
    reloaded = co_await take(std::move(*next));
  } else {
    reloaded.problems = std::move(lines);
  }
  note_reload(reloaded);
  end_change();
  co_return reloaded;
}

base::Task<Reloaded> Service::Parts::take(Config next) {
  Reloaded reloaded;
  if (!(next.bus == section)) {
    reloaded.problems.push_back("a change of 'bus' takes effect at a restart only: restart, or take the change back");
    base::log::warn("reload: " + reloaded.problems.front());
    co_return reloaded;
  }
  ServerSection server = next.server;
  auto applied = co_await pipeline->apply(std::move(next));
  if (!applied) {
    reloaded.problems.push_back(applied.error().message);
    co_return reloaded;
  }
  clicks->use(pipeline->config().inboxes());
  if (listeners) listeners->use(pipeline->config().inboxes());
  reloaded.waiting = door->take(server);
  std::ranges::move(applied.value(), std::back_inserter(reloaded.waiting));
  co_await heart->use(heart_options());
  co_return reloaded;
}

void Service::Parts::note_reload(const Reloaded& reloaded) {
  bool ok = reloaded.problems.empty();
  note_reload(ok);
  if (!ok) {
    base::log::warn("reload: refused, the configuration before it stays", {{"file", settings.config}});
  } else if (!reloaded.waiting.empty()) {
    base::log::warn("reload: taken, but some options take effect at the next start only",
                    {{"file", settings.config}, {"options", fmt::format("{}", fmt::join(reloaded.waiting, ", "))}});
  } else {
    base::log::info("reload: taken", {{"file", settings.config}});
  }
  std::lock_guard lock(mutex);
  broken_config = ok ? "" : reloaded.problems.front();
}

// The pipeline is changed by one at a time.
bool Service::Parts::begin_change() {
  std::lock_guard lock(mutex);
  return !stopped && !std::exchange(reloading, true);
}

void Service::Parts::end_change() {
  std::lock_guard lock(mutex);
  reloading = false;
}

// Once the broker tells which topics there are; until then it is asked again.
base::Task<void> Service::Parts::end_removed_sinks() {
  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
  while (!co_await try_end_removed_sinks()) {
    pause.expires_after(kAskAgain);
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
}

base::Task<bool> Service::Parts::try_end_removed_sinks() {
  if (!begin_change()) co_return false;
  auto configured = pipeline->config().sink_names();
  end_change();
  auto topics = co_await on(looking(), unfinished_deliveries([this] { return look(); }, std::move(configured)));
  if (!topics || !begin_change()) co_return false;
  auto ended = pipeline->end_removed(topics.value());
  end_change();
  if (!ended) base::log::warn("sinks: " + ended.error().message);
  co_return true;
}

Service::Service(ServiceSettings settings) : parts_(std::make_unique<Parts>(std::move(settings))) {}

Service::~Service() { stop(); }

base::Result<void> Service::start() {
  parts_->metrics.gauge("tocsin_build_info", "1, with the version.", {{"version", base::kVersion}}).Set(1);
  BOOST_OUTCOME_TRY(parts_->load());
  parts_->note_reload(true);
  BOOST_OUTCOME_TRY(parts_->start_bus());
  BOOST_OUTCOME_TRY(parts_->start_pipeline());
  parts_->note_start();
  return parts_->start_server();
}

void Service::reload() { await(parts_->work.executor(), parts_->reload()); }

void Service::stop() {
  {
    std::lock_guard lock(parts_->mutex);
    if (std::exchange(parts_->stopped, true)) return;
  }
  parts_->tasks.cancel();
  auto end = [&](auto& part) {
    if (part) await(parts_->work.executor(), part->stop());
  };
  end(parts_->door);
  end(parts_->listeners);
  end(parts_->heart);
  end(parts_->bus);
  end(parts_->pipeline);
  end(parts_->http);
  end(parts_->sink_http);
  parts_->tasks.join();
  base::log::info("tocsin: stopped");
}

}  // namespace app
