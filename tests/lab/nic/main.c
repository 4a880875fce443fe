// SPDX-License-Identifier: GPL-2.0
/* The module: platform devices and driver, setup and removal of an end, and the link between two ends. */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include "labnic.h"

char *labnic_driver = "labnic";
module_param_named(driver, labnic_driver, charp, 0444);
MODULE_PARM_DESC(driver, "name of the driver in sysfs and ethtool -i");
static uint pairs = 1;
module_param(pairs, uint, 0444);
MODULE_PARM_DESC(pairs, "pairs of devices, lab0 and lab1, lab2 and lab3, ...");
static int nodes[LABNIC_MAX_ENDS];
static int nodes_given;
module_param_array(nodes, int, &nodes_given, 0444);
MODULE_PARM_DESC(nodes, "the NUMA node of each device, -1 for none (default 1, if there is one)");
uint labnic_max_queues = 8;
module_param_named(max_channels, labnic_max_queues, uint, 0444);
MODULE_PARM_DESC(max_channels, "maximum number of combined channels");
static uint channels;
module_param(channels, uint, 0444);
MODULE_PARM_DESC(channels, "initial number of combined channels (default: one for each online CPU)");
int labnic_speed = 100000;
module_param_named(speed, labnic_speed, int, 0444);
MODULE_PARM_DESC(speed, "Mbit/s, as reported");
static uint link_ms = 20;
module_param(link_ms, uint, 0644);
MODULE_PARM_DESC(link_ms, "milliseconds until the link is up");
static bool checksums = true;
module_param(checksums, bool, 0444);
MODULE_PARM_DESC(checksums, "checksum offload, without which the kernel allows no TLS offload");
static char *tls_tx = "on";
module_param(tls_tx, charp, 0444);
MODULE_PARM_DESC(tls_tx, "TLS offload for sending: on, off (can be switched on) or fixed (cannot)");
static char *tls_rx = "off";
module_param(tls_rx, charp, 0444);
MODULE_PARM_DESC(tls_rx, "TLS offload for receiving: on, off (can be switched on) or fixed (cannot)");
static bool rx_reopens = true;
module_param_named(tls_rx_reopens, rx_reopens, bool, 0644);
MODULE_PARM_DESC(tls_rx_reopens, "switching TLS offload for receiving reopens the queues");

static DEFINE_MUTEX(ends_lock); /* protects the peer pointers and the state of the link */
static struct labnic *ends[LABNIC_MAX_ENDS];
static struct platform_device *platforms[LABNIC_MAX_ENDS];

/* --- The link --------------------------------------------------------------------------------- */

static struct labnic *peer_of(struct labnic *nic)
{
	return rcu_dereference_protected(nic->peer, lockdep_is_held(&ends_lock));
}

static void link_work(struct work_struct *work)
{
	struct labnic *nic = container_of(to_delayed_work(work), struct labnic, link);
	struct labnic *peer;

	mutex_lock(&ends_lock);
	peer = peer_of(nic);
	if (peer && nic->up && peer->up) {
		netif_carrier_on(nic->dev);
		netif_carrier_on(peer->dev);
		netif_tx_wake_all_queues(nic->dev);
		netif_tx_wake_all_queues(peer->dev);
	}
	mutex_unlock(&ends_lock);
}

/* The link comes up link_ms after both ends are up. If one end goes down, the link is down at both. */
static void set_up(struct labnic *nic, bool up)
{
	struct labnic *peer;

	mutex_lock(&ends_lock);
	WRITE_ONCE(nic->up, up);
	peer = peer_of(nic);
	if (!up) {
		netif_carrier_off(nic->dev);
		if (peer)
			netif_carrier_off(peer->dev);
	}
	mutex_unlock(&ends_lock);
	if (up)
		mod_delayed_work(system_wq, &nic->link, msecs_to_jiffies(READ_ONCE(link_ms)));
}

/* --- Queues ----------------------------------------------------------------------------------- */

static void open_queues(struct labnic *nic)
{
	unsigned int queue;

	for (queue = 0; queue < nic->queues; queue++)
		napi_enable(&nic->rx[queue].napi);
	/*
	 * Wake the queues instead of only starting them: the stack may miss a short flap. It then keeps the packets
	 * that wait for a queue, and sends none of them until the queue is woken.
	 */
	netif_tx_wake_all_queues(nic->dev);
	set_up(nic, true);
}

static void close_queues(struct labnic *nic)
{
	unsigned int queue;

	set_up(nic, false);
	netif_tx_disable(nic->dev);
	synchronize_net(); /* wait for senders that are putting frames into our rings */
	for (queue = 0; queue < nic->queues; queue++) {
		napi_disable(&nic->rx[queue].napi);
		skb_queue_purge(&nic->rx[queue].ring);
	}
	labnic_wire_cut(nic);
}

/* The usual default of drivers: distributes the CPUs to the queues in turn. */
static void default_xps(struct labnic *nic)
{
	cpumask_var_t mask;
	unsigned int queue, cpu, number;

	if (!zalloc_cpumask_var(&mask, GFP_KERNEL))
		return;
	for (queue = 0; queue < nic->queues; queue++) {
		cpumask_clear(mask);
		number = 0;
		for_each_online_cpu(cpu)
			if (number++ % nic->queues == queue)
				cpumask_set_cpu(cpu, mask);
		netif_set_xps_queue(nic->dev, mask, queue);
	}
	free_cpumask_var(mask);
}

static void default_indirection(struct labnic *nic)
{
	unsigned int entry;

	if (netif_is_rxfh_configured(nic->dev))
		return;
	for (entry = 0; entry < LABNIC_INDIRECTION; entry++)
		nic->indirection[entry] = ethtool_rxfh_indir_default(entry, nic->queues);
}

/* Changes the number of queues, or reopens them. The caller holds RTNL. */
void labnic_reopen(struct labnic *nic, unsigned int queues)
{
	bool running = netif_running(nic->dev);
	bool changed = queues != nic->queues;

	if (running)
		close_queues(nic);
	nic->queues = queues;
	netif_set_real_num_queues(nic->dev, queues, queues);
	if (changed) {
		default_indirection(nic);
		default_xps(nic);
	}
	if (running)
		open_queues(nic);
}

/* --- The network device ----------------------------------------------------------------------- */

static int labnic_open(struct net_device *dev)
{
	open_queues(netdev_priv(dev));
	return 0;
}

static int labnic_stop(struct net_device *dev)
{
	close_queues(netdev_priv(dev));
	return 0;
}

static int set_features(struct net_device *dev, netdev_features_t features)
{
	struct labnic *nic = netdev_priv(dev);

	if ((features ^ dev->features) & NETIF_F_HW_TLS_RX && READ_ONCE(rx_reopens))
		labnic_reopen(nic, nic->queues);
	return 0;
}

static void get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	struct labnic *nic = netdev_priv(dev);
	unsigned int queue;

	for (queue = 0; queue < labnic_max_queues; queue++) {
		stats->tx_packets += atomic64_read(&nic->tx[queue].packets);
		stats->tx_bytes += atomic64_read(&nic->tx[queue].bytes);
		stats->rx_packets += atomic64_read(&nic->rx[queue].packets);
		stats->rx_bytes += atomic64_read(&nic->rx[queue].bytes);
	}
	stats->tx_dropped = dev->stats.tx_dropped;
}

static const struct net_device_ops labnic_ops = {
	.ndo_open = labnic_open,
	.ndo_stop = labnic_stop,
	.ndo_start_xmit = labnic_xmit,
	.ndo_set_features = set_features,
	.ndo_get_stats64 = get_stats64,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static void offer(struct net_device *dev, const char *how, netdev_features_t feature)
{
	if (strcmp(how, "fixed"))
		dev->hw_features |= feature;
	if (!strcmp(how, "on"))
		dev->features |= feature;
}

static void set_up_device(struct labnic *nic)
{
	struct net_device *dev = nic->dev;
	u8 address[ETH_ALEN] = { 0x52, 0x54, 0x00, 0x1a, 0xb0, nic->index };

	snprintf(dev->name, sizeof(dev->name), "lab%u", nic->index);
	eth_hw_addr_set(dev, address);
	dev->netdev_ops = &labnic_ops;
	dev->ethtool_ops = &labnic_ethtool_ops;
	dev->tlsdev_ops = &labnic_tls_ops;
	dev->max_mtu = 9000;
	dev->hw_features = NETIF_F_SG;
	if (checksums)
		dev->hw_features |= NETIF_F_HW_CSUM | NETIF_F_RXCSUM | NETIF_F_TSO | NETIF_F_TSO6;
	dev->features = dev->hw_features | NETIF_F_HIGHDMA;
	dev->vlan_features = dev->features;
	offer(dev, tls_tx, NETIF_F_HW_TLS_TX);
	offer(dev, tls_rx, NETIF_F_HW_TLS_RX);
}

static void set_up_end(struct labnic *nic)
{
	unsigned int queue;

	nic->queues = min(channels ?: num_online_cpus(), labnic_max_queues);
	nic->rx_ring = nic->tx_ring = 1024;
	nic->coalesce.use_adaptive_rx_coalesce = nic->coalesce.use_adaptive_tx_coalesce = 1;
	nic->coalesce.rx_coalesce_usecs = nic->coalesce.tx_coalesce_usecs = 8;
	nic->coalesce.rx_max_coalesced_frames = nic->coalesce.tx_max_coalesced_frames = 128;
	INIT_DELAYED_WORK(&nic->link, link_work);
	spin_lock_init(&nic->wire_lock);
	timer_setup(&nic->wire_timer, labnic_wire_timer, 0);
	hash_init(nic->flows);
	spin_lock_init(&nic->flows_lock);
	for (queue = 0; queue < labnic_max_queues; queue++) {
		nic->rx[queue].nic = nic;
		skb_queue_head_init(&nic->rx[queue].ring);
		netif_napi_add(nic->dev, &nic->rx[queue].napi, labnic_poll);
	}
}

/* --- The platform device and its driver ------------------------------------------------------- */

static int labnic_probe(struct platform_device *platform)
{
	struct net_device *dev = alloc_etherdev_mqs(sizeof(struct labnic), labnic_max_queues, labnic_max_queues);
	struct labnic *nic, *peer;
	int error;

	if (!dev)
		return -ENOMEM;
	SET_NETDEV_DEV(dev, &platform->dev);
	nic = netdev_priv(dev);
	nic->dev = dev;
	nic->platform = platform;
	nic->index = platform->id;
	set_up_end(nic);
	set_up_device(nic);
	netif_carrier_off(dev);
	netif_set_real_num_queues(dev, nic->queues, nic->queues);
	default_indirection(nic);
	error = register_netdev(dev);
	if (error) {
		free_netdev(dev);
		return error;
	}
	rtnl_lock();
	default_xps(nic);
	rtnl_unlock();
	platform_set_drvdata(platform, nic);

	mutex_lock(&ends_lock);
	ends[nic->index] = nic;
	peer = ends[nic->index ^ 1];
	rcu_assign_pointer(nic->peer, peer);
	if (peer)
		rcu_assign_pointer(peer->peer, nic);
	mutex_unlock(&ends_lock);
	mod_delayed_work(system_wq, &nic->link, 0);
	return 0;
}

static void labnic_remove(struct platform_device *platform)
{
	struct labnic *nic = platform_get_drvdata(platform), *peer;

	mutex_lock(&ends_lock);
	ends[nic->index] = NULL;
	peer = peer_of(nic);
	if (peer) {
		netif_carrier_off(peer->dev);
		RCU_INIT_POINTER(peer->peer, NULL);
	}
	RCU_INIT_POINTER(nic->peer, NULL);
	mutex_unlock(&ends_lock);
	synchronize_net();
	unregister_netdev(nic->dev);
	cancel_delayed_work_sync(&nic->link);
	del_timer_sync(&nic->wire_timer);
	labnic_wire_cut(nic);
	free_netdev(nic->dev);
}

static struct platform_driver driver = {
	.probe = labnic_probe,
	.remove_new = labnic_remove,
};

static int default_node(void)
{
	return nr_node_ids > 1 && node_online(1) ? 1 : NUMA_NO_NODE;
}

static int add_platform(unsigned int index)
{
	struct platform_device *platform = platform_device_alloc(labnic_driver, index);
	int error;

	if (!platform)
		return -ENOMEM;
	set_dev_node(&platform->dev, index < nodes_given ? nodes[index] : default_node());
	error = platform_device_add(platform);
	if (error) {
		platform_device_put(platform);
		return error;
	}
	platforms[index] = platform;
	return 0;
}

static void remove_all(void)
{
	unsigned int index;

	for (index = 0; index < LABNIC_MAX_ENDS; index++)
		platform_device_unregister(platforms[index]);
	platform_driver_unregister(&driver);
	rcu_barrier(); /* wait until all flows are freed */
}

static int __init labnic_init(void)
{
	unsigned int index;
	int error = labnic_counters_init();

	if (error)
		return error;
	if (!pairs || pairs > LABNIC_MAX_ENDS / 2 || !labnic_max_queues || labnic_max_queues > LABNIC_MAX_QUEUES)
		return -EINVAL;
	for (index = 0; index < nodes_given; index++)
		if (nodes[index] != NUMA_NO_NODE &&
		    (nodes[index] < 0 || nodes[index] >= nr_node_ids || !node_online(nodes[index])))
			return -EINVAL;
	driver.driver.name = labnic_driver;
	error = platform_driver_register(&driver);
	if (error)
		return error;
	for (index = 0; index < 2 * pairs && !error; index++)
		error = add_platform(index);
	if (error)
		remove_all();
	return error;
}

static void __exit labnic_exit(void)
{
	remove_all();
}

module_init(labnic_init);
module_exit(labnic_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Pairs of Ethernet devices that offload TLS, for tests");
