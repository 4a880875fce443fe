#! /bin/bash
set -e
sysctl -w net.ipv4.tcp_timestamps=0
sysctl -w net.ipv4.tcp_sack=1
sudo sysctl -q -w net.core.netdev_max_backlog=250000 > /dev/null 2>&1 || true
sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304
sysctl -w net.core.optmem_max=4194304
sysctl -w net.ipv4.tcp_rmem="4096 87380 4194304"
sysctl -w net.ipv4.tcp_wmem="4096 65536 4194304"
sysctl -w net.ipv4.tcp_low_latency=1
sysctl -w net.ipv4.tcp_adv_win_scale=1
echo 0 > /proc/sys/kernel/numa_balancing
echo 50 | sudo tee /proc/sys/net/core/busy_poll
echo net.core.busy_read=50 >> /etc/sysctl.conf
sysctl -w net.core.busy_poll=$POLL
sysctl -a
ethtool -G eth0 rx 4096 tx 4096
for irq in $(grep eth0 /proc/interrupts | cut -d: -f1); do
  echo ff00 > /proc/irq/$irq/smp_affinity
done
