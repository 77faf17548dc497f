export default function Page() {
  return <h1>trail</h1>;
}
