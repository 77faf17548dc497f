// Dots is a drawn graph as sigma reads one: it never changes, so it needs nothing of
// a graph library but these ways of reading. Keys are the numbers of nodes and edges.
import type Sigma from "sigma";

export interface Dot { x: number; y: number; size: number; color: string; label: string; forceLabel: boolean }
export interface Line { size: number; color: string }

type Each<A, R extends unknown[]> = (key: string, attributes: A, ...rest: R) => void;

export class Dots {
  // What sigma knows a graph by. Nothing is ever added to this one or dropped.
  readonly multi = true;
  readonly type = "directed";
  readonly order: number;
  readonly size: number;

  constructor(private dots: Dot[], private from: number[], private to: number[], private line: Line) {
    this.order = dots.length;
    this.size = from.length;
  }

  // drawable is this graph under the type that sigma asks for.
  drawable(): ConstructorParameters<typeof Sigma>[0] {
    return this as unknown as ConstructorParameters<typeof Sigma>[0];
  }

  nodes = (): string[] => this.dots.map((_, i) => String(i));
  edges = (): string[] => this.from.map((_, i) => String(i));
  hasNode = (key: string): boolean => this.dots[Number(key)] !== undefined;
  hasEdge = (key: string): boolean => this.from[Number(key)] !== undefined;
  getNodeAttributes = (key: string): Dot | undefined => this.dots[Number(key)];
  getNodeAttribute = (key: string, name: keyof Dot): unknown => this.dots[Number(key)]?.[name];
  getEdgeAttributes = (): Line => this.line;
  extremities = (key: string): [string, string] => [String(this.from[Number(key)]), String(this.to[Number(key)])];
  forEachNode = (f: Each<Dot, []>): void => this.dots.forEach((d, i) => f(String(i), d));
  forEachEdge = (f: Each<Line, [string, string]>): void => this.from.forEach((a, i) => f(String(i), this.line, String(a), String(this.to[i])));
  on = (): this => this;
  removeListener = (): this => this;
  addUndirectedEdgeWithKey = (): never => this.fixed();
  dropNode = (): never => this.fixed();

  // around gives the nodes that one edge joins to a node, and the node itself.
  around(i: number): Set<string> {
    const out = new Set([String(i)]);
    this.from.forEach((a, e) => {
      const b = this.to[e];
      if (a === i) out.add(String(b));
      else if (b === i) out.add(String(a));
    });
    return out;
  }

  touches = (edge: string, i: number): boolean => this.from[Number(edge)] === i || this.to[Number(edge)] === i;

  private fixed(): never {
    throw new Error("a drawn graph does not change");
  }
}
