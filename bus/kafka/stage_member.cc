// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/stage_member.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <utility>

#include "base/log.h"
#include "bus/kafka/topics.h"

namespace bus::kafka {

namespace {

// Between attempts to join or to restore.
constexpr base::Backoff kBackoff{std::chrono::milliseconds(100), std::chrono::milliseconds(5000)};
// For the units in flight when partitions are taken away: everyone in the group waits for it.
constexpr std::chrono::seconds kHandOverPatience(5);
constexpr std::chrono::seconds kLeavePatience(8);
// Members learn of a rebalance by their next heartbeat, and it begins when the last has: this much of a session is the
// better part of a hand-over.
constexpr int kHeartbeatsOfASession = 8;
// Between looks at positions and lag.
constexpr std::chrono::milliseconds kTick(100);

// The numbers that were assigned for each of the stage's inputs. Topics are shared out one by one: while a member of
// another version reads fewer of them, we may get a number of one topic that it has of another. Such a number has no
// lane here, or two processes would own its states. Members that read the same topics get the same numbers of each.
std::set<std::int32_t> assigned_for_all(const std::vector<TopicPartition>& partitions, std::size_t inputs) {
  std::map<std::int32_t, std::size_t> topics;
  for (const auto& partition : partitions) ++topics[partition.partition];
  std::set<std::int32_t> whole;
  for (const auto& [number, count] : topics) {
    if (count == inputs) whole.insert(number);
  }
  return whole;
}

}  // namespace

StageMember::StageMember(StageSpec spec, Handler& handler, base::Executor executor, Deps deps)
    : spec_(std::move(spec)),
      handler_(handler),
      executor_(std::move(executor)),
      deps_(std::move(deps)),
      metrics_(deps_.cluster.metrics(), spec_.name),
      turns_(spec_.concurrency),
      retired_(deps_.cluster.loop()),
      main_(deps_.cluster.loop()) {
  health_ = {spec_.name, false, "starting"};
  for (const auto& topic : spec_.inputs) bus_names_.emplace(topic_name(deps_.cluster.options(), topic), topic);
  deps_.work.add();  // Until it is settled.
}

StageMember::~StageMember() = default;

void StageMember::start() {
  for (const auto& [kafka_topic, topic] : bus_names_) deps_.cluster.watch(kafka_topic, *this);
  deps_.cluster.read_together(spec_.inputs);
  main_.spawn(run());
}

base::Task<void> StageMember::run() {
  co_await prepare();
  for (int attempt = 1; !closing_; ++attempt) {
    if (co_await serve()) attempt = 0;
    if (!closing_) co_await pause(kBackoff.wait(attempt + 1, deps_.cluster.rng()));
  }
}

// Topics are there and fit together.
base::Task<void> StageMember::prepare() {
  co_await deps_.before_start();
  while (!closing_) {
    std::map<std::string, int> partitions;
    int most = 0;
    for (const auto& topic : spec_.inputs) {
      partitions[topic] = co_await wait_for(record_topic(deps_.cluster.options(), topic));
      most = std::max(most, partitions[topic]);
    }
    int changelog = co_await wait_for(changelog_topic(deps_.cluster.options(), spec_.name, most));
    std::string wrong;
    for (const auto& [topic, count] : partitions) {
      if (count != most)
        wrong = "its inputs have different numbers of partitions: " + topic + " has " + std::to_string(count);
    }
    if (changelog < most) {
      wrong = "topic " + changelog_name(deps_.cluster.options(), spec_.name) + " has " + std::to_string(changelog) +
              " partitions, and its inputs " + std::to_string(most);
    }
    if (wrong.empty()) co_return;
    say("can't start: " + wrong);
    on_error(base::permanent(base::Reason::kBadRequest, "can't start: " + wrong));
    co_await pause(kBackoff.longest);
  }
}

base::Task<int> StageMember::wait_for(TopicSpec topic) {
  say("waiting for topic " + topic.name);
  co_return co_await deps_.cluster.partitions_of(std::move(topic));
}

// While nothing else describes it.
void StageMember::say(std::string detail) {
  std::lock_guard lock(mutex_);
  if (!closing_) health_.detail = std::move(detail);
}

// Is a member of the group until that ends. Whether it ever had partitions.
base::Task<bool> StageMember::serve() {
  GroupOptions options;
  options.client = deps_.cluster.client_options();
  options.group = group_name(deps_.cluster.options(), spec_.name);
  options.instance = options.group + "-" + deps_.instance;
  options.session_timeout = deps_.cluster.options().session_timeout;
  options.heartbeat = deps_.cluster.options().session_timeout / kHeartbeatsOfASession;
  std::vector<std::string> topics;
  for (const auto& [kafka_topic, topic] : bus_names_) topics.push_back(kafka_topic);
  tasks_ = std::make_unique<base::TaskGroup>(deps_.cluster.loop());
  stop_serving_ =
      std::make_shared<boost::asio::steady_timer>(deps_.cluster.loop(), boost::asio::steady_timer::time_point::max());
  rebalance_begun_ = last_tick_ = std::chrono::steady_clock::now();
  had_partitions_ = false;
  auto opened =
      GroupConsumer::open(std::move(options), std::move(topics), *this, deps_.cluster.loop(), deps_.cluster.metrics());
  if (!opened) {
    on_error(opened.error());
    co_return false;
  }
  consumer_ = std::move(opened.value());
  tasks_->spawn(tick_forever());
  boost::system::error_code stopped;
  co_await stop_serving_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, stopped));
  co_await consumer_->close(std::exchange(farewell_, GroupConsumer::Farewell::kLeave), base::in(kLeavePatience));
  abandon_all();
  tasks_->cancel();
  co_await tasks_->wait();
  consumer_.reset();
  set_settled(false);
  co_return had_partitions_;
}

base::Task<void> StageMember::close() {
  closing_ = true;
  {
    std::lock_guard lock(mutex_);
    health_ = {spec_.name, false, "stopping"};
  }
  if (stop_serving_) {
    stop_serving_->expires_at(boost::asio::steady_timer::time_point::min());
  } else {
    main_.cancel();
  }
  co_await main_.wait();
  deps_.cluster.unwatch(*this);
  co_await retired_.wait();
  set_settled(true);
}

void StageMember::rejoin(const std::string& why) {
  if (closing_ || !stop_serving_) return;
  base::log::warn("bus: a stage joins its group again", {{"stage", spec_.name}, {"why", why}});
  set_settled(false);  // First: what the lanes had to do is still to be done.
  abandon_all();
  stop_serving_->expires_at(boost::asio::steady_timer::time_point::min());
}

// Counts as work until everything handed out is restored.
void StageMember::set_settled(bool settled) {
  if (settled == std::exchange(settled_, settled)) return;
  if (settled) {
    had_partitions_ = true;
    deps_.work.done();
  } else {
    deps_.work.add();
  }
}

void StageMember::on_assigned(std::vector<TopicPartition> partitions) {
  abandon_all();
  auto numbers = assigned_for_all(partitions, bus_names_.size());
  waiting_ = std::count_if(partitions.begin(), partitions.end(),
                           [&](const auto& partition) { return !numbers.contains(partition.partition); });
  std::vector<PartitionOffset> from;
  for (auto& partition : partitions) from.push_back({std::move(partition.topic), partition.partition, kOldest});
  if (auto assigned = consumer_->assign(std::move(from), true); !assigned) {
    on_error(assigned.error());
    rejoin("it can't take its partitions");
    return;
  }
  for (std::int32_t number : numbers) lanes_.emplace(number, make_lane(number));
  {
    std::lock_guard lock(mutex_);
    for (const auto& [number, lane] : lanes_) running_.push_back(lane);
    trouble_.clear();
  }
  metrics_.partitions.Increment(static_cast<double>(lanes_.size()));
  for (const auto& [number, lane] : lanes_) tasks_->spawn(bring_up(lane));
  if (waiting_ > 0) {
    base::log::info("bus: another version is in the group, which reads other topics; what it does not share waits",
                    {{"stage", spec_.name}, {"partitions", lanes_.size()}, {"waiting", waiting_}});
  }
  if (lanes_.empty()) set_settled(true);
  describe();
}

StageMember::LaneRef StageMember::make_lane(std::int32_t partition) {
  PartitionLane::Intake intake;
  intake.set_paused = [this, partition](bool paused) {
    auto inputs = inputs_of(partition);
    auto outcome = paused ? consumer_->pause(inputs) : consumer_->resume(inputs);
    if (!outcome) on_error(outcome.error());
  };
  intake.commit = [this, partition](const std::string& topic, std::int64_t next) {
    if (!consumer_) return;
    consumer_->commit({{topic_name(deps_.cluster.options(), topic), partition, next}},
                      [](const base::Result<void>&) {});
  };
  intake.restore = [this, partition] {
    auto forgotten = deps_.cache.forget({spec_.name, partition});
    rejoin(forgotten ? "states must be restored" : forgotten.error().message);
  };
  return std::make_shared<PartitionLane>(
      spec_, handler_, executor_, partition,
      PartitionLane::Deps{deps_.cluster, deps_.cache, deps_.work, turns_, metrics_, std::move(intake)});
}

std::vector<TopicPartition> StageMember::inputs_of(std::int32_t partition) const {
  std::vector<TopicPartition> inputs;
  for (const auto& [kafka_topic, topic] : bus_names_) inputs.push_back({kafka_topic, partition});
  return inputs;
}

base::Task<void> StageMember::bring_up(LaneRef lane) {
  for (int attempt = 1; !lane->is_abandoned(); ++attempt) {
    auto restored = co_await restore(lane);
    if (restored || lane->is_abandoned()) break;
    on_error(restored.error().in("restoring partition " + std::to_string(lane->partition())));
    co_await pause(kBackoff.wait(attempt, deps_.cluster.rng()));
  }
  if (lane->is_abandoned()) co_return;
  bool all = std::all_of(lanes_.begin(), lanes_.end(), [](const auto& entry) { return entry.second->has_begun(); });
  if (!all) co_return;
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - rebalance_begun_;
  metrics_.rebalance_seconds.Observe(took.count());
  base::log::info("bus: a stage has its partitions",
                  {{"stage", spec_.name}, {"partitions", lanes_.size()}, {"seconds", took.count()}});
  set_settled(true);
  describe();
}

base::Task<base::Result<void>> StageMember::restore(LaneRef lane) {
  auto job = std::make_shared<LaneRestore>(spec_, lane->partition(), deps_.cluster, deps_.cache, metrics_);
  for (const auto& [kafka_topic, topic] : bus_names_) {
    auto found = out_of_range_.find({kafka_topic, lane->partition()});
    if (found != out_of_range_.end()) job->note_miss(topic, found->second);
  }
  restores_[lane->partition()] = job;
  auto start = co_await job->run();
  if (auto mine = restores_.find(lane->partition()); mine != restores_.end() && mine->second == job) {
    restores_.erase(mine);
  }
  if (!start) co_return start.error();
  for (const auto& input : inputs_of(lane->partition())) out_of_range_.erase(input);
  if (lane->is_abandoned() || lane->lane().is_closing()) co_return base::ok();
  lane->begin(std::move(start.value()));
  for (const auto& [kafka_topic, topic] : bus_names_) {
    auto begun = consumer_->start_at({kafka_topic, lane->partition(), lane->look_back(topic)});
    if (!begun) {
      on_error(begun.error());
      rejoin("it can't read its partitions");
      break;
    }
  }
  co_return base::ok();
}

void StageMember::on_revoked(std::vector<TopicPartition>) {
  rebalance_begun_ = std::chrono::steady_clock::now();
  set_settled(false);
  tasks_->spawn(hand_over_all());
}

base::Task<void> StageMember::hand_over_all() {
  auto deadline = base::in(kHandOverPatience);
  auto left = std::make_shared<std::size_t>(lanes_.size());
  auto signal = std::make_shared<boost::asio::steady_timer>(deps_.cluster.loop(), deadline + kTick);
  for (const auto& [number, lane] : lanes_) {
    tasks_->spawn(hand_over(lane, deadline, [left, signal] {
      if (--*left == 0) signal->cancel();
    }));
  }
  boost::system::error_code raised;
  if (*left > 0) co_await signal->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, raised));
  abandon_all();
  if (auto gone = consumer_->unassign(); !gone) on_error(gone.error());
  describe();
}

base::Task<void> StageMember::hand_over(LaneRef lane, base::Deadline deadline, std::function<void()> done) {
  if (!co_await lane->hand_over(deadline)) {
    base::log::warn("bus: a partition is handed over with work under way",
                    {{"stage", spec_.name}, {"partition", lane->partition()}});
  }
  done();
}

void StageMember::on_lost(std::vector<TopicPartition>) {
  rebalance_begun_ = std::chrono::steady_clock::now();
  set_settled(false);
  abandon_all();
  if (auto left = consumer_->unassign(); !left) on_error(left.error());
  describe();
}

// Nothing more is written for the lanes, and they end.
void StageMember::abandon_all() {
  {
    std::lock_guard lock(mutex_);
    running_.clear();
  }
  metrics_.partitions.Decrement(static_cast<double>(lanes_.size()));
  for (auto& [number, job] : std::exchange(restores_, {})) job->give_up();
  for (auto& [number, lane] : std::exchange(lanes_, {})) {
    lane->abandon();
    retired_.spawn(retire(std::move(lane)));
  }
}

base::Task<void> StageMember::retire(LaneRef lane) { co_await lane->lane().closed(); }

void StageMember::on_message(const MessageView& message) {
  auto lane = lanes_.find(message.partition);
  auto topic = bus_names_.find(std::string(message.topic));
  if (lane != lanes_.end() && topic != bus_names_.end()) lane->second->take(topic->second, message);
}

void StageMember::on_out_of_range(const PartitionOffset& at) {
  auto lane = lanes_.find(at.partition);
  if (lane == lanes_.end()) return;
  if (!lane->second->has_begun()) return rejoin("its place in " + at.topic + " is gone");
  std::int64_t newest = lane->second->newest_ms(bus_names_.at(at.topic));
  out_of_range_[{at.topic, at.partition}] = {lane->second->epoch(), at.offset, newest};
  has_missed_ = true;
}

void StageMember::appended(const std::string& kafka_topic, std::int32_t partition, std::int64_t next) {
  auto lane = lanes_.find(partition);
  if (lane != lanes_.end()) lane->second->appended(bus_names_.at(kafka_topic), next);
}

void StageMember::on_error(const base::Error& error) {
  std::lock_guard lock(mutex_);
  if (trouble_ == error.message) return;
  trouble_ = error.message;
  base::log::warn("bus: a stage has trouble with Kafka", {{"stage", spec_.name}, {"error", error.message}});
}

void StageMember::on_fatal(const base::Error& error) {
  on_error(error);
  rejoin(error.message);
}

base::Task<void> StageMember::tick_forever() {
  while (true) {
    co_await pause(kTick);
    tick();
  }
}

// A process that stood still for longer than its session may have lost everything without having been told.
void StageMember::tick() {
  auto now = std::chrono::steady_clock::now();
  if (now - std::exchange(last_tick_, now) > deps_.cluster.options().session_timeout && !lanes_.empty()) {
    rejoin("this process stood still for longer than its session");
    return;
  }
  if (std::exchange(has_missed_, false) && !lanes_.empty()) {
    farewell_ = GroupConsumer::Farewell::kStay;  // Who else got the partitions would not know what was missed.
    rejoin("its place in an input is gone");
    return;
  }
  for (const auto& [number, lane] : lanes_) {
    for (const auto& [kafka_topic, topic] : bus_names_) {
      if (auto marks = consumer_->watermarks({kafka_topic, number})) lane->appended(topic, marks->high);
    }
    lane->tick();
  }
  describe();
}

void StageMember::describe() {
  std::int64_t lag = 0;
  std::int64_t read = 0;
  std::int64_t wanted = 0;
  for (const auto& [number, lane] : lanes_) lag += lane->lane().outstanding();
  for (const auto& [number, job] : restores_) {
    read += job->read();
    wanted += job->wanted();
  }
  auto status = consumer_ ? consumer_->status() : GroupStatus{};
  std::lock_guard lock(mutex_);
  if (closing_) return;
  health_.ready = settled_;
  if (!restores_.empty()) {
    health_.detail = "restoring " + std::to_string(read) + " of " + std::to_string(wanted) + " records";
  } else if (settled_) {
    health_.detail = std::to_string(lanes_.size()) + " partitions, " + std::to_string(lag) + " records behind";
    if (waiting_ > 0) {
      health_.detail += "; " + std::to_string(waiting_) + " more wait until all replicas are of one version";
    }
  } else {
    health_.detail = status.phase == GroupStatus::Phase::kRevoking ? "handing partitions over" : "joining its group";
  }
  if (!trouble_.empty() && (!settled_ || status.brokers_down)) health_.detail += ": " + trouble_;
}

void StageMember::look() {
  for (const auto& lane : running()) lane->lane().look();
}

std::vector<StageMember::LaneRef> StageMember::running() const {
  std::lock_guard lock(mutex_);
  return running_;
}

std::optional<base::Time> StageMember::next_timer() const {
  std::optional<base::Time> earliest;
  for (const auto& lane : running()) {
    auto due = lane->lane().next_timer();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

StageHealth StageMember::health() const {
  std::lock_guard lock(mutex_);
  return health_;
}

base::Task<void> StageMember::pause(std::chrono::milliseconds wait) {
  boost::asio::steady_timer timer(deps_.cluster.loop(), wait);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace bus::kafka
