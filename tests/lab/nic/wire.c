// SPDX-License-Identifier: GPL-2.0
/* From the transmit queues of one end to the receive queues of the other. */
#include <linux/module.h>
#include <linux/version.h>
#include <net/checksum.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif
#include "labnic.h"

#define HELD_FRAMES 3 /* number of frames that overtake a delayed one */

static uint drop_every;
module_param_named(wire_drop, drop_every, uint, 0644);
MODULE_PARM_DESC(wire_drop, "every N-th frame is lost on the wire (0: none)");
static uint duplicate_every;
module_param_named(wire_duplicate, duplicate_every, uint, 0644);
MODULE_PARM_DESC(wire_duplicate, "every N-th frame arrives twice (0: none)");
static uint reorder_every;
module_param_named(wire_reorder, reorder_every, uint, 0644);
MODULE_PARM_DESC(wire_reorder, "every N-th frame is overtaken by the next three (0: none)");
static uint flip_every;
module_param_named(wire_flip, flip_every, uint, 0644);
MODULE_PARM_DESC(wire_flip,
		 "every N-th frame, unless it is short, has its last bit flipped without a wrong checksum (0: none)");

/* Puts a frame into the ring to which its flow is steered, as a card would by DMA. The caller holds the RCU read lock.
 */
static struct labnic_rx_queue *arrive(struct labnic *nic, struct sk_buff *frame)
{
	struct labnic *peer = rcu_dereference(nic->peer);
	struct labnic_rx_queue *queue;
	unsigned int index;

	if (!peer || !READ_ONCE(peer->up)) {
		kfree_skb(frame);
		return NULL;
	}
	frame->protocol = eth_type_trans(frame, peer->dev);
	skb_reset_network_header(frame);
	index = READ_ONCE(peer->indirection[skb_get_hash(frame) % LABNIC_INDIRECTION]);
	index = min(index, READ_ONCE(peer->queues) - 1);
	queue = &peer->rx[index];
	skb_record_rx_queue(frame, index);
	skb_queue_tail(&queue->ring, frame);
	napi_schedule(&queue->napi);
	return queue;
}

static bool falls_on(unsigned int frame, unsigned int every)
{
	return every && frame % every == 0;
}

static struct labnic_rx_queue *cross(struct labnic *nic, struct sk_buff *frame)
{
	struct sk_buff *twin = NULL, *late = NULL;
	struct labnic_rx_queue *queue = NULL;
	unsigned int number;

	spin_lock_bh(&nic->wire_lock);
	number = ++nic->frames;
	if (frame->len > 2 * ETH_ZLEN && falls_on(number, READ_ONCE(flip_every)))
		frame->data[frame->len - 1] ^= 1;
	if (falls_on(number, READ_ONCE(drop_every))) {
		labnic_count(nic, WIRE_DROPPED);
		kfree_skb(frame);
		frame = NULL;
	} else if (!nic->held && falls_on(number, READ_ONCE(reorder_every))) {
		labnic_count(nic, WIRE_REORDERED);
		nic->held = frame;
		nic->held_for = HELD_FRAMES;
		mod_timer(&nic->wire_timer, jiffies + 2); /* deliver it even if no frame follows */
		frame = NULL;
	} else if (falls_on(number, READ_ONCE(duplicate_every))) {
		labnic_count(nic, WIRE_DUPLICATED);
		twin = skb_copy(frame, GFP_ATOMIC);
	}
	if (frame && nic->held && !--nic->held_for) {
		late = nic->held;
		nic->held = NULL;
	}
	spin_unlock_bh(&nic->wire_lock);

	if (frame)
		queue = arrive(nic, frame);
	if (twin)
		arrive(nic, twin);
	if (late)
		arrive(nic, late);
	return queue;
}

static struct sk_buff *take_held(struct labnic *nic)
{
	struct sk_buff *held;

	spin_lock_bh(&nic->wire_lock);
	held = nic->held;
	nic->held = NULL;
	spin_unlock_bh(&nic->wire_lock);
	return held;
}

void labnic_wire_timer(struct timer_list *timer)
{
	struct labnic *nic = container_of(timer, struct labnic, wire_timer);
	struct sk_buff *held = take_held(nic);

	rcu_read_lock();
	if (held)
		arrive(nic, held);
	rcu_read_unlock();
}

void labnic_wire_cut(struct labnic *nic)
{
	kfree_skb(take_held(nic));
}

/* Copies a packet into a frame and fills in the checksum that the stack left to the card. */
static struct sk_buff *frame_of(struct net_device *dev, const struct sk_buff *skb)
{
	struct sk_buff *frame = netdev_alloc_skb_ip_align(dev, max(skb->len, (unsigned int)ETH_ZLEN));
	unsigned int start;
	__sum16 *place;

	if (!frame || skb_copy_bits(skb, 0, skb_put(frame, skb->len), skb->len)) {
		kfree_skb(frame);
		return NULL;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		start = skb_checksum_start_offset(skb);
		place = (__sum16 *)(frame->data + start + skb->csum_offset);
		*place = csum_fold(skb_checksum(frame, start, frame->len - start, 0)) ?: CSUM_MANGLED_0;
		frame->ip_summed = CHECKSUM_UNNECESSARY; /* the other end need not verify it */
	}
	if (frame->len < ETH_ZLEN)
		skb_put_zero(frame, ETH_ZLEN - frame->len);
	return frame;
}

/* Stops the queue if the other end's ring is full, like flow control on the wire. labnic_poll wakes it. */
static void hold_if_full(struct netdev_queue *queue, struct labnic_rx_queue *ring)
{
	if (!ring || skb_queue_len(&ring->ring) < ring->nic->rx_ring)
		return;
	netif_tx_stop_queue(queue);
	smp_mb(); /* pairs with the one in labnic_poll */
	if (skb_queue_len(&ring->ring) <= ring->nic->rx_ring / 2)
		netif_tx_wake_queue(queue);
}

static void transmit(struct labnic *nic, unsigned int index, struct sk_buff *skb)
{
	struct sk_buff *frame = frame_of(nic->dev, skb);
	struct labnic_tx_queue *queue = &nic->tx[index];

	if (!frame) {
		nic->dev->stats.tx_dropped++;
		return;
	}
	atomic64_inc(&queue->packets);
	atomic64_add(frame->len, &queue->bytes);
	hold_if_full(netdev_get_tx_queue(nic->dev, index), cross(nic, frame));
}

netdev_tx_t labnic_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct labnic *nic = netdev_priv(dev);
	unsigned int index = skb_get_queue_mapping(skb);
	struct sk_buff *part, *next;

	rcu_read_lock();
	skb_tx_timestamp(skb);
	skb = labnic_tls_encrypt(nic, &nic->tx[index], skb);
	if (skb && skb_is_gso(skb)) {
		struct sk_buff *parts = skb_gso_segment(skb, dev->features & ~NETIF_F_GSO_MASK);

		if (IS_ERR_OR_NULL(parts)) {
			kfree_skb(skb);
			dev->stats.tx_dropped++;
			parts = NULL;
		} else {
			consume_skb(skb);
		}
		skb = parts;
	}
	skb_list_walk_safe(skb, part, next) {
		skb_mark_not_on_list(part);
		transmit(nic, index, part);
		consume_skb(part);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static void receive(struct labnic_rx_queue *queue, struct sk_buff *frame)
{
	struct labnic *nic = queue->nic;

	atomic64_inc(&queue->packets);
	atomic64_add(frame->len + ETH_HLEN, &queue->bytes);
	if (frame->ip_summed == CHECKSUM_UNNECESSARY) {
		labnic_tls_decrypt(nic, queue, frame);
		if (!frame->decrypted && !(nic->dev->features & NETIF_F_RXCSUM))
			frame->ip_summed = CHECKSUM_NONE;
	}
	napi_gro_receive(&queue->napi, frame);
}

int labnic_poll(struct napi_struct *napi, int budget)
{
	struct labnic_rx_queue *queue = container_of(napi, struct labnic_rx_queue, napi);
	struct labnic *peer;
	struct sk_buff *frame;
	unsigned int index;
	int done = 0;

	while (done < budget && (frame = skb_dequeue(&queue->ring))) {
		receive(queue, frame);
		done++;
	}
	if (done < budget && napi_complete_done(napi, done) && !skb_queue_empty(&queue->ring))
		napi_schedule(napi);

	smp_mb(); /* pairs with the one in hold_if_full */
	rcu_read_lock();
	peer = rcu_dereference(queue->nic->peer);
	if (peer && skb_queue_len(&queue->ring) <= queue->nic->rx_ring / 2)
		for (index = 0; index < peer->dev->real_num_tx_queues; index++)
			if (netif_tx_queue_stopped(netdev_get_tx_queue(peer->dev, index)) && READ_ONCE(peer->up))
				netif_tx_wake_queue(netdev_get_tx_queue(peer->dev, index));
	rcu_read_unlock();
	return done;
}
