// Command oracle answers with the NetworkPolicy engine of cyclonus what Curfew's own evaluator is compared with.
//
//	oracle cases   prints cyclonus' generated test cases as JSON
//	oracle judge   reads one cluster a line, prints one verdict a line
//	oracle select  reads one label selector a line, prints what Kubernetes and cyclonus make of it
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/mattfenwick/cyclonus/pkg/generator"
	"github.com/mattfenwick/cyclonus/pkg/kube"
	"github.com/mattfenwick/cyclonus/pkg/matcher"
	"github.com/sirupsen/logrus"
	v1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

func main() {
	logrus.SetLevel(logrus.PanicLevel)
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "cases":
			printCases()
			return
		case "judge":
			eachLine(judge)
			return
		case "select":
			eachLine(selectLabels)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "usage: oracle cases | judge | select")
	os.Exit(2)
}

// printCases prints the cases of cyclonus' generator; the pod at caseAddress is the one that its ipBlocks name.
func printCases() {
	const caseAddress = "10.2.0.3"
	cases := generator.NewTestCaseGenerator(true, caseAddress, []string{"x", "y", "z"}, nil, nil).GenerateAllTestCases()
	write(json.NewEncoder(os.Stdout), cases)
}

// eachLine answers every line of standard input with one line of standard output.
func eachLine[Question any](answer func(*Question) any) {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 16<<20)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	encoder := json.NewEncoder(output)
	for input.Scan() {
		var question Question
		if err := json.Unmarshal(input.Bytes(), &question); err != nil {
			fail(err)
		}
		write(encoder, answer(&question))
		if err := output.Flush(); err != nil {
			fail(err)
		}
	}
	if err := input.Err(); err != nil {
		fail(err)
	}
}

// cluster is everything that a verdict depends on.
type cluster struct {
	Policies []*networkingv1.NetworkPolicy
	Ends     []end
	Probes   []probe
}

// end is a pod, or an address outside the cluster where it has no namespace.
type end struct {
	IP              string
	Namespace       string
	NamespaceLabels map[string]string
	PodLabels       map[string]string
	Ports           []containerPort
}

type containerPort struct {
	Name     string
	Port     int
	Protocol v1.Protocol
}

type probe struct {
	Port     int
	Protocol v1.Protocol
}

// judge gives one character for each source, destination and probe in this order: 1 allowed, 0 denied.
func judge(world *cluster) any {
	for _, policy := range world.Policies {
		setDefaults(policy)
	}
	policy := matcher.BuildNetworkPolicies(false, world.Policies)
	var verdicts strings.Builder
	for _, source := range world.Ends {
		for _, destination := range world.Ends {
			for _, probe := range world.Probes {
				traffic := &matcher.Traffic{
					Source:           source.peer(),
					Destination:      destination.peer(),
					ResolvedPort:     probe.Port,
					ResolvedPortName: destination.portName(probe),
					Protocol:         probe.Protocol,
				}
				if policy.IsTrafficAllowed(traffic).IsAllowed() {
					verdicts.WriteByte('1')
				} else {
					verdicts.WriteByte('0')
				}
			}
		}
	}
	return verdicts.String()
}

// setDefaults does what an API server does on the way in, which cyclonus leaves to it: SetDefaults_NetworkPolicy of
// pkg/apis/networking/v1/defaults.go in k8s.io/kubernetes.
func setDefaults(policy *networkingv1.NetworkPolicy) {
	if len(policy.Spec.PolicyTypes) == 0 {
		policy.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
		if len(policy.Spec.Egress) != 0 {
			policy.Spec.PolicyTypes = append(policy.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
		}
	}
}

func (e end) peer() *matcher.TrafficPeer {
	if e.Namespace == "" {
		return &matcher.TrafficPeer{IP: e.IP}
	}
	internal := &matcher.InternalPeer{Namespace: e.Namespace, NamespaceLabels: e.NamespaceLabels, PodLabels: e.PodLabels}
	return &matcher.TrafficPeer{IP: e.IP, Internal: internal}
}

// portName is the name that the receiving pod gives the port: cyclonus leaves looking it up to its caller.
func (e end) portName(p probe) string {
	for _, port := range e.Ports {
		if port.Port == p.Port && port.Protocol == p.Protocol {
			return port.Name
		}
	}
	return ""
}

type selection struct {
	Selector metav1.LabelSelector
	Labels   map[string]string
}

func selectLabels(question *selection) any {
	selector, err := metav1.LabelSelectorAsSelector(&question.Selector)
	if err != nil {
		fail(err)
	}
	return map[string]bool{
		"kubernetes": selector.Matches(labels.Set(question.Labels)),
		"cyclonus":   kube.IsLabelsMatchLabelSelector(question.Labels, question.Selector),
	}
}

func write(encoder *json.Encoder, value any) {
	if err := encoder.Encode(value); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "oracle:", err)
	os.Exit(1)
}
