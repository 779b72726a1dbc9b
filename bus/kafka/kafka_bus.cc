// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/kafka_bus.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/run_on.h"
#include "base/threads.h"
#include "bus/embedded/lock_file.h"
#include "bus/kafka/appends.h"
#include "bus/kafka/broadcasts.h"
#include "bus/kafka/cluster.h"
#include "bus/kafka/stage_member.h"
#include "bus/kafka/state_cache.h"
#include "bus/stage/work.h"

namespace bus::kafka {

namespace {

namespace asio = boost::asio;

using Outcome = base::Result<void>;

// How long joining a broadcast topic waits until its table is whole. It fills later otherwise.
constexpr std::chrono::seconds kJoinPatience(5);

base::Error closed() { return base::passing(base::Reason::kUnavailable, "the log is closed"); }

// Who this process is: kept in the data directory.
std::string instance_of(const std::filesystem::path& data_dir) {
  auto file = data_dir / kInstanceFile;
  std::string name;
  if (std::ifstream(file) >> name) return name;
  std::random_device random;
  for (int i = 0; i < 4; ++i) name += std::to_string(random() % 100'000);
  std::ofstream(file) << name << "\n";
  return name;
}

// Stages are served on one thread and what comes in is taken on another, which does not wait for it; what callers ask
// on theirs is handed over.
class KafkaBus final : public Bus {
 public:
  KafkaBus(KafkaOptions options, base::Clock& clock, base::Metrics& metrics);
  ~KafkaBus() override;

  Outcome start() override;
  base::Task<void> stop() override;
  base::Task<Outcome> append(std::vector<Outgoing> records, std::vector<Count> counts) override;
  Outcome add_stage(StageSpec spec, Handler& handler, base::Executor executor) override;
  base::Task<void> remove_stage(std::string_view name) override;
  base::Result<std::shared_ptr<BroadcastTable>> join_broadcast(std::string topic, std::size_t max_entries) override;
  base::Task<Outcome> publish(std::string topic, std::string key, std::string value) override;
  base::Task<void> idle() override { return work_.wait(); }
  std::optional<base::Time> next_timer() const override;
  Health health() const override;

 private:
  using MemberRef = std::shared_ptr<StageMember>;
  enum class Phase { kNew, kRunning, kStopped };
  struct Joining {
    StageSpec spec;
    Handler& handler;
    base::Executor executor;
  };

  Outcome open();
  Outcome open_cluster();
  void begin_stage(Joining joining);
  base::Task<void> before_stages();
  base::Task<void> close_stages();
  std::vector<MemberRef> members() const;
  Phase phase() const;

  const KafkaOptions options_;
  base::Threads loop_;
  base::Threads intake_{"intake", 1};
  stage::Work work_;
  Cluster cluster_;
  Broadcasts broadcasts_;
  Appends appends_;
  std::optional<embedded::LockFile> lock_;
  std::string instance_;
  std::unique_ptr<StateCache> cache_;

  mutable std::mutex mutex_;
  Phase phase_ = Phase::kNew;
  std::vector<Joining> joining_;  // Before start().
  std::map<std::string, MemberRef, std::less<>> members_;
};

KafkaBus::KafkaBus(KafkaOptions options, base::Clock& clock, base::Metrics& metrics)
    : options_(std::move(options)),
      loop_("bus", 1, options_.stage_nice),
      work_([this] {
        for (const auto& member : members()) member->look();
      }),
      cluster_(options_, {clock, metrics, work_, loop_.executor(), intake_.executor()}),
      broadcasts_(cluster_),
      appends_(cluster_) {}

KafkaBus::~KafkaBus() {
  if (phase() == Phase::kRunning) asio::co_spawn(loop_.executor(), stop(), asio::use_future).wait();
  intake_.stop();
  loop_.stop();
}

Outcome KafkaBus::start() {
  BOOST_OUTCOME_TRY(open());
  std::vector<Joining> joining;
  {
    std::lock_guard lock(mutex_);
    phase_ = Phase::kRunning;
    joining = std::move(joining_);
  }
  asio::post(loop_.executor(), [this] { broadcasts_.read_all(); });
  for (auto& stage : joining) begin_stage(std::move(stage));
  return base::ok();
}

Outcome KafkaBus::open() {
  std::error_code failed;
  std::filesystem::create_directories(options_.data_dir, failed);
  if (failed) {
    return base::passing(base::Reason::kUnavailable,
                         "can't make the data directory " + options_.data_dir.string() + ": " + failed.message());
  }
  BOOST_OUTCOME_TRY(lock_, embedded::LockFile::acquire(options_.data_dir));
  instance_ = options_.instance.empty() ? instance_of(options_.data_dir) : options_.instance;
  BOOST_OUTCOME_TRY(cache_, StateCache::open(options_.data_dir / "kafka-state.db"));
  auto opened = cluster_.open_intake();
  if (opened) opened = open_cluster();
  if (!opened) asio::co_spawn(loop_.executor(), cluster_.close(), asio::use_future).wait();
  return opened;
}

// On the bus's thread, whose niceness the clients' threads inherit.
Outcome KafkaBus::open_cluster() {
  auto open = std::make_shared<std::packaged_task<Outcome()>>([this] { return cluster_.open(); });
  asio::post(loop_.executor(), [open] { (*open)(); });
  return open->get_future().get();
}

base::Task<void> KafkaBus::stop() {
  Phase before = Phase::kNew;
  {
    std::lock_guard lock(mutex_);
    before = std::exchange(phase_, Phase::kStopped);
    joining_.clear();
  }
  if (before == Phase::kRunning) {
    co_await base::run_on(loop_.executor(), close_stages());
    cache_.reset();
    lock_.reset();
  }
  work_.release();
}

base::Task<void> KafkaBus::close_stages() {
  auto all = members();
  auto left = std::make_shared<std::size_t>(all.size());
  auto signal = std::make_shared<asio::steady_timer>(loop_.executor(), asio::steady_timer::time_point::max());
  for (const auto& member : all) {
    asio::co_spawn(loop_.executor(), member->close(), [left, signal](const std::exception_ptr&) {
      if (--*left == 0) signal->cancel();
    });
  }
  boost::system::error_code raised;
  if (*left > 0) co_await signal->async_wait(asio::redirect_error(asio::use_awaitable, raised));
  co_await broadcasts_.close();
  co_await cluster_.close();
  std::lock_guard lock(mutex_);
  members_.clear();
}

base::Task<Outcome> KafkaBus::append(std::vector<Outgoing> records, std::vector<Count> counts) {
  if (phase() != Phase::kRunning) co_return closed();
  co_return co_await base::run_on(intake_.executor(), appends_.append(std::move(records), std::move(counts)));
}

Outcome KafkaBus::add_stage(StageSpec spec, Handler& handler, base::Executor executor) {
  Joining joining{std::move(spec), handler, std::move(executor)};
  {
    std::lock_guard lock(mutex_);
    if (phase_ == Phase::kStopped) return base::passing(base::Reason::kUnavailable, "the bus is stopped");
    bool there = members_.contains(joining.spec.name);
    for (const auto& other : joining_) there = there || other.spec.name == joining.spec.name;
    if (there) {
      return base::permanent(base::Reason::kBadRequest, "stage " + joining.spec.name + " is there already");
    }
    if (phase_ == Phase::kNew) {
      joining_.push_back(std::move(joining));
      return base::ok();
    }
  }
  begin_stage(std::move(joining));
  return base::ok();
}

void KafkaBus::begin_stage(Joining joining) {
  auto name = joining.spec.name;
  auto member = std::make_shared<StageMember>(
      std::move(joining.spec), joining.handler, std::move(joining.executor),
      StageMember::Deps{cluster_, *cache_, work_, instance_, [this] { return before_stages(); }});
  {
    std::lock_guard lock(mutex_);
    members_.insert_or_assign(std::move(name), member);
  }
  asio::post(loop_.executor(), [member] { member->start(); });
}

// Handlers rely on broadcast tables; states are of the cluster that they came from.
base::Task<void> KafkaBus::before_stages() {
  cache_->belong_to(co_await cluster_.id());
  co_await broadcasts_.whole();
}

base::Task<void> KafkaBus::remove_stage(std::string_view name) {
  MemberRef member;
  {
    std::lock_guard lock(mutex_);
    auto found = members_.find(name);
    if (found == members_.end()) co_return;
    member = found->second;
  }
  co_await base::run_on(loop_.executor(), member->close());
  std::lock_guard lock(mutex_);
  if (auto found = members_.find(member->spec().name); found != members_.end() && found->second == member) {
    members_.erase(found);
  }
}

base::Result<std::shared_ptr<BroadcastTable>> KafkaBus::join_broadcast(std::string topic, std::size_t max_entries) {
  auto table = broadcasts_.table(topic, max_entries);
  if (phase() == Phase::kRunning) {
    asio::co_spawn(loop_.executor(), broadcasts_.whole(), asio::use_future).wait_for(kJoinPatience);
  }
  return std::shared_ptr<BroadcastTable>(std::move(table));
}

base::Task<Outcome> KafkaBus::publish(std::string topic, std::string key, std::string value) {
  if (phase() != Phase::kRunning) co_return closed();
  co_return co_await base::run_on(loop_.executor(),
                                  broadcasts_.publish(std::move(topic), std::move(key), std::move(value)));
}

std::optional<base::Time> KafkaBus::next_timer() const {
  std::optional<base::Time> earliest;
  for (const auto& member : members()) {
    auto due = member->next_timer();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

Health KafkaBus::health() const {
  Health health;
  if (phase() != Phase::kRunning) return {false, "the log is closed"};
  std::string trouble = cluster_.trouble();
  if (cluster_.brokers_down()) {
    health = {false, "no Kafka broker can be reached at " + options_.bootstrap_servers + ": " + cluster_.why_down()};
  } else if (!trouble.empty()) {
    health = {false, "Kafka: " + trouble};
  }
  for (const auto& member : members()) health.stages.push_back(member->health());
  return health;
}

std::vector<KafkaBus::MemberRef> KafkaBus::members() const {
  std::lock_guard lock(mutex_);
  std::vector<MemberRef> all;
  for (const auto& [name, member] : members_) all.push_back(member);
  return all;
}

KafkaBus::Phase KafkaBus::phase() const {
  std::lock_guard lock(mutex_);
  return phase_;
}

}  // namespace

std::unique_ptr<Bus> make_kafka_bus(KafkaOptions options, base::Clock& clock, base::Metrics& metrics) {
  if (!options.failpoint) options.failpoint = [](std::string_view) {};
  return std::make_unique<KafkaBus>(std::move(options), clock, metrics);
}

}  // namespace bus::kafka
